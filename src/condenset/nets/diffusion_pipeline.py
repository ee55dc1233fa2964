"""Latent diffusion models of the library diffusers: where pictures lie in their space, and what they make of noise.

No architecture for learners: they say no class.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.core.errors import MissingExtraError, RequestError, UnknownNameError

_AT_ONCE = 8  # pictures
_COLOURS = 3


class _Told(Protocol):
    """How a kind of pipeline is told classes.

    Attributes:
        network: that denoises.
    """

    network: Any

    def rows(self, names: Sequence[str]) -> Tensor:
        """What is told of each, and of none, last."""

    def __call__(self, points: Tensor, step: Int[Tensor, " n"], told: Tensor) -> Tensor:
        """What the network says of points (n, channels, height, width)."""


class DiffusionPipeline:
    """A frozen pipeline with an autoencoder, a network that denoises, told classes by words (Stable Diffusion) or by
    number (DiT), and a schedule of noise. Points are latents as it denoises them, one row (d,) for each.

    Attributes:
        sides: (channels, height, width) of a latent.
    """

    def __init__(self, model: str, device: torch.device) -> None:
        """Args: model, a name on the Hub, or a folder. Raises `RequestError` for what is no such pipeline,
        `MissingExtraError`."""
        pipeline, told = _opened(model)
        pipeline = pipeline.to(device)
        parts = [part for part in pipeline.components.values() if isinstance(part, nn.Module)]
        for part in parts:
            part.eval().requires_grad_(False)
        self._vae, self._kind, self._weights = pipeline.vae, pipeline.scheduler.config.prediction_type, parts
        self._told = told(pipeline)
        self._kept = pipeline.scheduler.alphas_cumprod.to(device)
        reads = self._told.network.config
        self.sides = reads.in_channels, reads.sample_size, reads.sample_size

    @property
    def latent(self) -> int:
        """Numbers of a point."""
        return math.prod(self.sides)

    def weights(self) -> dict[str, Tensor]:
        """Of all its networks, by name."""
        states = {number: part.state_dict() for number, part in enumerate(self._weights)}
        return {f"{number}.{name}": value for number, state in states.items() for name, value in state.items()}

    def told(self, names: Sequence[str]) -> Tensor:
        """What it is told of classes by these names, a row of some form for each, and last one for no class. Raises
        `UnknownNameError` for a class that it does not know."""
        return self._told.rows(names)

    @torch.no_grad()
    def place(self, pictures: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n d"]:
        """Where pictures are, whose pixels lie in [0, 1]."""
        return torch.cat([self._placed(part) for part in pictures.split(_AT_ONCE)])

    @torch.no_grad()
    def pictures(
        self, points: Float[Tensor, "n d"], shape: tuple[int, int, int]
    ) -> Float[Tensor, "n channels height width"]:
        """What is at points, of this shape, pixels in [0, 1]; grey is the mean of colours."""
        drawn = torch.cat([self._vae.decode(part / self._scale).sample for part in self._maps(points).split(_AT_ONCE)])
        sized = F.interpolate(drawn / 2 + 0.5, shape[1:], mode="bicubic", align_corners=False, antialias=True)
        return (sized if shape[0] == _COLOURS else sized.mean(1, keepdim=True)).clamp(0, 1)

    @torch.no_grad()
    def clean(
        self,
        points: Float[Tensor, "n d"],
        times: Float[Tensor, " n"],
        told: Tensor,
        nothing: Tensor,
        guidance: float,
    ) -> Float[Tensor, "n d"]:
        """Where points are clean that are at times of `condenset.kernels.diffusion`, by its own schedule.

        Args: told, a row of `told` for each; nothing, its last; guidance, as of `LatentDenoiser.clean`.
        """
        step = (self._kept[None] - (math.pi / 2 * times).cos().square()[:, None]).abs().argmin(1)
        parts = zip(self._maps(points).split(_AT_ONCE), step.split(_AT_ONCE), told.split(_AT_ONCE), strict=True)
        return torch.cat([self._clean(at, now, by, nothing, guidance).flatten(1) for at, now, by in parts])

    def _clean(self, at: Tensor, step: Tensor, told: Tensor, nothing: Tensor, guidance: float) -> Tensor:
        said = self._told(at, step, told)
        if guidance != 1.0:
            said = torch.lerp(self._told(at, step, nothing.expand_as(told)), said, guidance)
        kept = self._kept[step].view(-1, 1, 1, 1)
        if self._kind == "epsilon":
            return (at - (1 - kept).sqrt() * said) / kept.sqrt()
        return said if self._kind == "sample" else kept.sqrt() * at - (1 - kept).sqrt() * said

    def _placed(self, pictures: Tensor) -> Tensor:
        whole = [side * 2 ** (len(self._vae.config.block_out_channels) - 1) for side in self.sides[1:]]
        sized = F.interpolate(pictures, whole, mode="bicubic", align_corners=False, antialias=True)
        coloured = 2 * sized.clamp(0, 1).expand(-1, _COLOURS, -1, -1) - 1
        return (self._vae.encode(coloured).latent_dist.mode() * self._scale).flatten(1)

    def _maps(self, points: Tensor) -> Tensor:
        return points.unflatten(1, self.sides)

    @property
    def _scale(self) -> float:
        return float(self._vae.config.scaling_factor)


@lru_cache(maxsize=1)
def diffusion_pipeline(model: str, device: torch.device) -> DiffusionPipeline:
    """The pipeline of a name or folder; what asks for it in turns shares it. Raises as `DiffusionPipeline`."""
    return DiffusionPipeline(model, device)


class _ByWords:
    """Classes are told in words, by their names."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline, self.network = pipeline, pipeline.unet

    def rows(self, names: Sequence[str]) -> Tensor:
        words: Tensor = self._pipeline.encode_prompt([*names, ""], self._pipeline.device, 1, False)[0]
        return words

    def __call__(self, points: Tensor, step: Int[Tensor, " n"], told: Tensor) -> Tensor:
        said: Tensor = self.network(points, step, encoder_hidden_states=told).sample
        return said


class _ByNumber:
    """Classes are told by number, those of the data that it was trained on."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline, self.network = pipeline, pipeline.transformer

    def rows(self, names: Sequence[str]) -> Tensor:
        known = {name.casefold(): number for name, number in self._pipeline.labels.items()}
        for name in names:
            if name.casefold() not in known:
                raise UnknownNameError("class of the diffusion model", name, known)
        numbers = [known[name.casefold()] for name in names]
        return torch.tensor([*numbers, self.network.config.num_embeds_ada_norm], device=self._pipeline.device)

    def __call__(self, points: Tensor, step: Int[Tensor, " n"], told: Tensor) -> Tensor:
        said: Tensor = self.network(points, timestep=step, class_labels=told).sample
        return said[:, : points.shape[1]]  # what may follow is a variance


def _told_by(pipeline: Any) -> Callable[[Any], _Told] | None:
    """How a pipeline is told classes; None for one that is told otherwise, or is no latent diffusion model."""
    asked = ("vae", "unet", "transformer", "encode_prompt", "text_encoder_2", "labels")
    has = {name for name in asked if hasattr(pipeline, name)}
    if "vae" not in has or not hasattr(pipeline.scheduler, "alphas_cumprod"):
        return None
    if {"unet", "encode_prompt"} <= has and "text_encoder_2" not in has:
        return _ByWords
    return _ByNumber if {"transformer", "labels"} <= has else None


def _opened(model: str) -> tuple[Any, Callable[[Any], _Told]]:
    try:
        import diffusers
    except ImportError as error:
        raise MissingExtraError("diffusers", "diffusion") from error
    try:
        diffusers.utils.logging.disable_progress_bar()
        pipeline = diffusers.DiffusionPipeline.from_pretrained(model, low_cpu_mem_usage=False)
    except (OSError, ValueError, AttributeError, ImportError) as error:  # of its files, its index and the Hub's client
        raise RequestError(
            f"diffusers opens no pipeline {model!r} ({error!s:.200}): give a name on the Hub, or a folder that "
            "save_pretrained wrote"
        ) from error
    told = _told_by(pipeline)
    if told is None:
        raise RequestError(
            f"{type(pipeline).__name__} {model!r} is no latent diffusion model that is told classes by words (Stable "
            "Diffusion 1 and 2) or by number (DiT)"
        )
    return pipeline, told
