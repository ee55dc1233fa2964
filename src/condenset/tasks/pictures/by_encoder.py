"""Pictures that a frozen encoder reads: sets of them are for linear probes on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.core.asset import Asset
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.registries import ENCODERS
from condenset.nets.encoder_weights import EncoderWeights, keep_encoder
from condenset.nets.frozen_encoder import frozen_encoder
from condenset.tasks.pictures.decoding import Header
from condenset.tasks.task import Task

_LEAST = 32  # pixels
_SIZE = 112  # pixels that pictures of CIFAR-10 are enlarged to: a quarter of the time of 224
_CHANNELS = (1, 3)


Constants = tuple[tuple[float, ...], tuple[float, ...]]  # (mean, std) of each channel


@runtime_checkable
class PictureEncoder(Protocol):
    """An encoder that reads the pictures of a task."""

    def side(self, first: Header | None) -> int | None:
        """In pixels, that files are brought to where nobody says one. Args: first, the head of the first picture.
        None: as without an encoder."""

    def constants(self, channels: int) -> Constants | None:
        """By which it knows pixels; None: by those of the data. Raises `RequestError` for other channels."""

    def reading(self, task: Task) -> Task:
        """The task as the encoder sees it."""


@dataclass(frozen=True)
class ByEncoder:
    """How pictures are read.

    Attributes:
        weights: of the encoder.
        size: pixels of their shorter side as it reads them.
    """

    weights: EncoderWeights
    size: int = _SIZE

    @classmethod
    def of(cls, model: str, weights: Path | None, size: int | None) -> ByEncoder:
        """By a model of timm. Raises as `keep_encoder`, and `RequestError` for a size that is none."""
        if size is not None and size < _LEAST:
            raise RequestError(f"--encoder-size {size} is too small: give {_LEAST} pixels or more")
        return cls(keep_encoder(model, weights), size or _SIZE)

    def side(self, first: Header | None) -> int | None:
        """In pixels, that files are brought to where nobody says one: no more than the encoder reads.

        Args: first, the head of the first picture. None: as without an encoder, which enlarges small pictures itself.
        """
        return self.size if first is not None and min(first.width, first.height) > self.size else None

    def constants(self, channels: int) -> Constants:
        """(mean, std) of each of one or three channels, as the encoder knows pictures.

        Raises `RequestError` for other channels.
        """
        colours = self.weights.mean, self.weights.std
        if channels == 1:  # every colour reads the grey
            mean, std = (sum(values) / len(values) for values in colours)
            return (mean,), (std,)
        if channels != len(self.weights.mean):
            raise RequestError(f"encoder {self.weights.model!r} reads pictures of 1 or 3 channels, not of {channels}")
        return colours

    def vectors(self, inputs: Inputs) -> Float[Tensor, "n d"]:
        """Vectors (n, d) of pictures (n, channels, height, width)."""
        return frozen_encoder(self.weights.address, self.size)(inputs)

    def reading(self, task: Task) -> Task:
        """The task as the encoder sees it: its vectors are what coresets measure distances in and linear learners
        learn from, and its default network is a probe on it. Pictures have no mean there that is one."""
        modality = replace(
            task.modality,
            network=f"probe:encoder={self.weights.address},size={self.size}",
            exam="probe",
            learners=("logistic",),
            teachers=("logistic",),
            represent=self.vectors,
            means_are_examples=False,
        )
        known = {"name": self.weights.model, "size": self.size, "sha256": self.weights.sha256}
        return replace(
            task,
            modality=modality,
            preprocessing=task.preprocessing | {"encoder": known},
            resources={**task.resources, "encoder": self},
            assets=(*task.assets, self.asset),
        )

    @property
    def asset(self) -> Asset:
        """As cards list it."""
        own = self.weights
        made_by = own.made_by or f"timm's {own.model}"
        return Asset(f"encoder {own.address}", own.sha256, own.bytes, own.licence, made_by)


@dataclass(frozen=True)
class TrainedHere:
    """An encoder that is trained on the task's own pictures, and reads them at their size.

    Attributes:
        name: of how it is trained.
    """

    name: str

    def side(self, first: Header | None) -> None:
        """Files are brought to what they would be without it."""

    def constants(self, channels: int) -> None:
        """Pixels are known as those of the data are. Raises `RequestError` for other channels than one or three."""
        if channels not in _CHANNELS:
            raise RequestError(f"encoder {self.name!r} reads pictures of 1 or 3 channels, not of {channels}")

    def reading(self, task: Task) -> Task:
        """The task as the encoder sees it, which is trained where it is not there yet."""
        return ByEncoder(ENCODERS.get(self.name)(task), min(task.input_spec.shape[1:])).reading(task)


def by_encoder(
    model: str | None, weights: str | Path | None, size: int | None, whitened: object
) -> PictureEncoder | None:
    """The encoder that options name; None where they name none.

    Args: model, weights, size, of the encoder, None where nothing was said; whitened, whether images are to be, in
    whatever form. Raises `RequestError` for what does not go together, and as `ByEncoder.of`.
    """
    if model is None:
        if weights or size:
            raise RequestError("--encoder-weights and --encoder-size say how a model is read: name it with --encoder")
        return None
    if whitened:
        raise RequestError("an encoder reads images as they are: leave --zca out, or --encoder")
    if model in ENCODERS.names():
        if weights or size:
            raise RequestError(f"{model} is trained on the pictures as they are: leave out --encoder-weights and "
                               "--encoder-size, or bring pictures to another size with --image-size")  # fmt: skip
        return TrainedHere(model)
    return ByEncoder.of(model, None if weights is None else Path(weights), size)
