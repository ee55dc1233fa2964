"""Mosaics of the patches of real images that a trained network recognises best."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.patches import cropped, easiest, mosaic, padded
from condenset.nets.network import Network
from condenset.sources.pretrained import Pretrained
from condenset.starts.start import wanted
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Patches:
    """The start of RDED (Sun et al., CVPR 2024, arXiv 2312.03526), for images.

    Attributes:
        source: the trained network, the first of its networks.
        network: its architecture, None for the task's default.
        factor: a side of every image holds so many patches.
        candidates: random real images of a class that patches are cut from, more where more are needed.
        crops: random squares of each, one of which is taken.
        smallest: share of an image that a square covers at least.
    """

    source: Pretrained = field(default_factory=Pretrained)
    network: str | None = None
    factor: int = 1
    candidates: int = 300
    crops: int = 5
    smallest: float = 0.08

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` images of class g. Raises `RequestError` where a class has fewer images than patches needed."""
        observer = self.source.trained(task, self.network)
        images = [self._images(task, group, count, observer, rng.child(group)) for group, count in wanted(counts)]
        groups = torch.arange(len(counts)).repeat_interleave(counts).to(task.device)
        return Batch(torch.cat(images), groups, groups, torch.ones(len(groups), device=task.device))

    def _images(self, task: Task, group: int, count: int, observer: Network, rng: Rng) -> Float[Tensor, "n c h w"]:
        _, height, width = task.input_spec.shape
        needed, members = count * self.factor**2, task.train.members(group)
        if needed > len(members):
            raise RequestError(
                f"{count} mosaics of {self.factor}x{self.factor} patches need {needed} images of "
                f"{task.groups.names[group]!r}, which has {len(members)}: ask for fewer, or --set start.factor=1"
            )
        order = torch.randperm(len(members), generator=rng.torch())[: max(self.candidates, needed)]
        images = task.train.select(members[order]).inputs
        size = height // self.factor, width // self.factor
        streams = [rng.child("crop", number).torch() for number in range(self.crops)]
        crops = torch.stack([cropped(images, self.smallest, stream, *size) for stream in streams], 1)
        hardness = losses(observer, padded(crops.flatten(0, 1), height, width), group).view(crops.shape[:2])
        chosen, crop = easiest(hardness, needed)
        return mosaic(crops[chosen, crop], self.factor, height, width)


def losses(observer: Network, images: Float[Tensor, "n c h w"], group: int) -> Float[Tensor, " n"]:
    """-log of the probability that the network gives a class."""
    with torch.no_grad():
        parts = [output.logits.log_softmax(1)[:, group] for output in observer.in_parts(images)]
    return -torch.cat(parts)
