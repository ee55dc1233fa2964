"""Labels of views: what a teacher said of every example in several augmented views, stored with how each was made, so
that learners of any batch size see the same views (Shen and Xing, FKD, ECCV 2022, arXiv 2112.01528; a random pool of
them: Xiao and He, LPLD, NeurIPS 2024, arXiv 2410.15919)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.tasks.task import Augmentation, Replayable, Task

_PART = 500  # examples that are augmented at a time


@dataclass(frozen=True, eq=False)
class Views:
    """The views of some examples.

    Attributes:
        said: (examples, views, outputs) float16, a teacher's outputs.
        draws: (examples, views, numbers), how each view was augmented, as the augmentation writes its records.
        made_by: the augmentation, in words; empty: examples were seen as they are.
    """

    said: Float[Tensor, "examples views outputs"]
    draws: Float[Tensor, "examples views numbers"]
    made_by: str

    def seen(self, part: Batch, index: Tensor, augmentation: Augmentation, rng: Rng) -> tuple[Batch, Tensor]:
        """Examples at these indices, each in a random one of its views, and what the teacher said of that."""
        pick = torch.randint(self.said.shape[1], (len(index),), generator=rng.torch())
        said = self.said[index, pick].float()
        if not self.made_by:
            return part, said
        record = replayable(augmentation).record(self.draws[index, pick])
        return part.map(lambda inputs: augmentation.apply(record, inputs)), said

    def expect(self, augmentation: Augmentation) -> None:
        """Raises `RequestError` where a learner would make its views otherwise."""
        if self.made_by and self.made_by != described(augmentation):
            raise RequestError(
                f"the labels are stored for views by {self.made_by}, and this exam augments by "
                f"{described(augmentation)}: take the exam that the set asks for, or label it again"
            )


def viewed(batch: Batch, task: Task, teacher: Network, augmentation: Augmentation, views: int, rng: Rng) -> Views:
    """What a teacher says of so many views of every example (n, ...), part by part."""
    maker, said, draws = replayable(augmentation), [], []
    for number, part in enumerate(batch.parts(_PART)):
        records = [maker.draw(len(part), rng.child(number, view)) for view in range(views)]
        draws.append(torch.stack([maker.rows(record) for record in records], 1))
        said.append(torch.stack([_said(teacher, maker.apply(record, part.inputs)) for record in records], 1))
    return Views(torch.cat(said).half(), torch.cat(draws), described(augmentation))


def _said(teacher: Network, inputs: Inputs) -> Float[Tensor, "n outputs"]:
    with torch.no_grad():
        return torch.cat([output.logits for output in teacher.in_parts(inputs)])


def described(augmentation: Augmentation) -> str:
    """An augmentation in words that tell it apart from every other one."""
    return f"{type(augmentation).__name__} {json.dumps(asdict(replayable(augmentation)), sort_keys=True)}"  # type: ignore[call-overload]


def replayable(augmentation: Augmentation) -> Replayable:
    """The augmentation. Raises `RequestError` where its records cannot be stored."""
    if not isinstance(augmentation, Replayable):
        raise RequestError(
            "views of these data cannot be stored: nothing augments them, so one label of each is enough"
        )
    return augmentation
