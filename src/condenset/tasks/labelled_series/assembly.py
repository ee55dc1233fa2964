"""From raw series to a task: split, scaling, padding, target."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import DataError, RequestError
from condenset.core.ragged import Ragged
from condenset.core.spec import Leaf
from condenset.tasks.footprint import footprint, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.labelled.split import held_out_part
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.labelled_series.augment import Views
from condenset.tasks.labelled_series.raw import Part, RawLabelled
from condenset.tasks.recognised import Recognised
from condenset.tasks.task import MODALITIES, Task

_BYTES = 4  # of a value in the data's own format: the text of a file is longer


@dataclass(frozen=True)
class Request:
    """What is asked of the series.

    Attributes:
        seed, test_fraction: of the split into training and test series, where there are no test series.
        source: JSON-able arguments that open the task again.
    """

    seed: int
    test_fraction: float
    source: dict[str, Any]


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


def assemble(raw: RawLabelled, request: Request) -> Task:
    """The task of series. Raises `DataError` where they cannot be used, `RequestError` for an impossible share."""
    if not 0 <= request.test_fraction < 1:
        raise RequestError(
            f"--test-fraction {request.test_fraction:g} is impossible: expected a share from 0 to below 1"
        )
    train, test, tested = held_out_part(raw.train, raw.test, request.test_fraction, request.seed, "series")
    code = code_target(train.labels, "classification")
    scale = Scale.of(train.series, raw.ragged)
    if test is not None:
        _expect_alike(test, train, code, raw)
    doubts = _doubts(raw, train, test)
    view = InMemoryView(_batch(train, scale, code), len(code.groups))
    native = _BYTES * sum(one.size for one in train.series) // len(train) + code.nbytes
    return Task(
        name=raw.name,
        modality=MODALITIES.get("labelled-series"),
        input_spec=Leaf((len(scale.mean), scale.steps), meaning="ragged" if raw.ragged else "series"),
        target=code.counted(view.counts()),
        groups=code.groups,
        train=view,
        held_out=partial(_held_out, test, scale, code, raw.name),
        augmentation=Views(),
        preprocessing={
            "kind": "labelled-series", "target": code.record(), "channels": list(raw.channels),
            "mean": scale.mean.tolist(), "std": scale.std.tolist(), "steps": scale.steps,
        },
        fingerprint={"rows": len(train), "sha256": raw.sha256},
        source=request.source,
        footprint=footprint(share(raw.files, len(train), len(raw.train)), len(train), native),
        recognised=_recognised(raw, train, code, tested, doubts),
        more={"features": "their values", "series": "in time"},
    )  # fmt: skip


def _expect_alike(test: Part, train: Part, code: TargetCode, raw: RawLabelled) -> None:
    """Raises `DataError` for test series of other channels or classes, or of another length where all have one."""
    code.encode(test.labels)
    for noun, own, other in (
        ("channels", len(train.series[0]), len(test.series[0])),
        ("steps", train.lengths[0], test.lengths[0]),
    ):
        if own != other and (noun == "channels" or not raw.ragged):
            raise DataError(f"test series of {raw.name} have {other} {noun}, training series {own}: give both the same")


def _doubts(raw: RawLabelled, train: Part, test: Part | None) -> tuple[str, ...]:
    """Channels that say nothing and test series that are cut, which is warned of, too."""
    doubts = []
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
    for doubt in doubts:
        warnings.warn(doubt, stacklevel=2)
    return tuple(doubts)


def _batch(part: Part, scale: Scale, code: TargetCode) -> Batch:
    targets = code.encode(part.labels)
    return Batch(scale.inputs(part.series), targets, code.groups.of(targets), torch.ones(len(part)))


def _held_out(test: Part | None, scale: Scale, code: TargetCode, name: str) -> Batch:
    if test is None:
        raise DataError(f"{name} has no test series: open it with a --test-fraction above 0, or with --test-path")
    return _batch(test, scale, code)


def _recognised(raw: RawLabelled, train: Part, code: TargetCode, tested: str, doubts: tuple[str, ...]) -> Recognised:
    lengths = f"{min(train.lengths)} to {max(train.lengths)}" if raw.ragged else f"{train.lengths[0]}"
    channels = "1 channel" if len(raw.channels) == 1 else f"{len(raw.channels)} channels"
    return Recognised(
        target=f"{code.name}, {raw.why}: {code.target.describe()}",
        inputs=f"{len(train)} series of {lengths} steps, {channels}, scaled by all steps of the training series",
        columns={} if len(raw.channels) == 1 else dict.fromkeys(raw.channels, "channel"),
        test=tested,
        doubts=doubts,
    )
