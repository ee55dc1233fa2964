"""From raw series to a task: scaling, padding, what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float

from condenset.core.batch import Inputs
from condenset.core.errors import DataError
from condenset.core.ragged import Ragged
from condenset.core.spec import Leaf
from condenset.tasks.labelled.assembly import Asked, Reading, expect_known_classes, labelled_task
from condenset.tasks.labelled.target_code import TargetCode
from condenset.tasks.labelled_series.augment import Views
from condenset.tasks.labelled_series.raw import Part, RawLabelled
from condenset.tasks.task import Task

_BYTES = 4  # of a value in the data's own format: the text of a file is longer


@dataclass(frozen=True)
class Scale:
    """How series become inputs: every channel standardised by the training series, filled up with 0 where ragged.

    Attributes:
        mean, std: of every channel over all steps of the training series.
        steps: of the longest training series.
        ragged: whether lengths may differ.
    """

    mean: Float[np.ndarray, " channels"]
    std: Float[np.ndarray, " channels"]
    steps: int
    ragged: bool

    @classmethod
    def of(cls, series: Sequence[Float[np.ndarray, "channels _"]], ragged: bool) -> Scale:
        """Measured on the training series; a constant channel is moved to 0 and not stretched."""
        values = np.concatenate(series, axis=1)
        std = values.std(1)
        steps = max(one.shape[1] for one in series)
        return cls(values.mean(1), np.where(std > 1e-12 * np.abs(values).max(1), std, 1.0), steps, ragged)

    def inputs(self, series: Sequence[Float[np.ndarray, "channels _"]]) -> Inputs:
        """Series as networks see them, (n, channels, steps) float32; what is longer is cut."""
        values = np.zeros((len(series), len(self.mean), self.steps), np.float32)
        for row, one in zip(values, series, strict=True):
            kept = one[:, : self.steps]
            row[:, : kept.shape[1]] = (kept - self.mean[:, None]) / self.std[:, None]
        if not self.ragged:
            return torch.from_numpy(values)
        lengths = torch.tensor([min(one.shape[1], self.steps) for one in series])
        return Ragged(torch.from_numpy(values), lengths)


def assemble(raw: RawLabelled, asked: Asked) -> Task:
    """The task of series. Raises `DataError` where they cannot be used, `RequestError` for an impossible share."""
    return labelled_task("labelled-series", raw, _read, asked)


def _read(raw: RawLabelled, code: TargetCode) -> Reading:
    train: Part = raw.train
    scale = Scale.of(train.series, raw.ragged)
    expect_known_classes(raw, code)
    if raw.test is not None:
        _expect_alike(raw.test, train, raw)
    lengths = f"{min(train.lengths)} to {max(train.lengths)}" if raw.ragged else f"{train.lengths[0]}"
    channels = "1 channel" if len(raw.channels) == 1 else f"{len(raw.channels)} channels"
    return Reading(
        spec=Leaf((len(scale.mean), scale.steps), meaning="ragged" if raw.ragged else "series"),
        inputs=partial(_inputs, scale=scale),
        nbytes=_BYTES * sum(one.size for one in train.series) // len(train),
        told=f"{len(train)} series of {lengths} steps, {channels}, scaled by all steps of the training series",
        columns={} if len(raw.channels) == 1 else dict.fromkeys(raw.channels, "channel"),
        doubts=_doubts(raw),
        preprocessing={
            "kind": "labelled-series", "target": code.record(), "channels": list(raw.channels),
            "mean": scale.mean.tolist(), "std": scale.std.tolist(), "steps": scale.steps,
        },
        augmentation=Views(),
        resources={"features": "their values", "series": "in time"},
    )  # fmt: skip


def _inputs(part: Part, scale: Scale) -> Inputs:
    return scale.inputs(part.series)


def _expect_alike(test: Part, train: Part, raw: RawLabelled) -> None:
    """Raises `DataError` for test series of other channels, or of another length where all have one."""
    for noun, own, other in (
        ("channels", len(train.series[0]), len(test.series[0])),
        ("steps", train.lengths[0], test.lengths[0]),
    ):
        if own != other and (noun == "channels" or not raw.ragged):
            raise DataError(f"test series of {raw.name} have {other} {noun}, training series {own}: give both the same")


def _doubts(raw: RawLabelled) -> tuple[str, ...]:
    """Channels that say nothing and test series that are cut."""
    doubts, train, test = [], raw.train, raw.test
    values = np.concatenate(train.series, axis=1)
    constant = [name for name, channel in zip(raw.channels, values, strict=True) if np.ptp(channel) == 0]
    if constant:
        doubts.append(
            f"channels {', '.join(constant)} are constant in all training series and say nothing: leave them out"
        )
    longest = max(train.lengths)
    cut = 0 if test is None else sum(length > longest for length in test.lengths)
    if cut:
        doubts.append(
            f"{cut} test series are longer than the longest training series and are cut to its {longest} steps"
        )
    return tuple(doubts)
