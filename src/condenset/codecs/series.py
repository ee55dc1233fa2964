"""Series: one stretch of a time series by its lowest frequencies, which decodes to windows and what follows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from jaxtyping import Float, Int
from scipy.fft import dct
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.core.windows import blended, follow, stitched, windows_of
from condenset.tasks.task import Task

_FIELDS = ("length", "lookback", "horizon")


class Series(Codec):
    """Stores coefficients (points, channels) float32 of the orthonormal cosine transform of a series of `length` steps.

    As many points as steps are the series itself in other axes, so that a step in coefficients is one of the same
    length in the series. Fewer are its lowest frequencies, and a set can be smaller than one window. Windows are cut at
    every step, with their targets, so this goes with labels "decoded".
    """

    def __init__(self, data: Float[Tensor, "points channels"], length: int, lookback: int, horizon: int) -> None:
        """Args: data, see above; length, steps of the decoded series; lookback, horizon, steps of its windows."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.length, self.lookback, self.horizon = length, lookback, horizon

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded lookback channels"]:
        """Windows (decoded, lookback, channels), all or those chosen, in the order of time."""
        inputs, _ = windows_of(self.series(), self.lookback, self.horizon)
        return inputs if index is None else inputs[index]

    def targets(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded outputs"]:
        """What follows the windows, (decoded, horizon x channels), all or those chosen."""
        _, targets = windows_of(self.series(), self.lookback, self.horizon)
        return targets if index is None else targets[index]

    def series(self) -> Float[Tensor, "length channels"]:
        """The decoded series (steps, channels)."""
        return self.waves().to(self.data).T @ self.data

    def waves(self) -> Float[Tensor, "points length"]:
        """What a point counts: orthonormal waves (points, steps)."""
        return cosines(self.length, len(self.data))

    def towards(self, targets: Float[Tensor, "chosen outputs"], share: float, stride: int = 1) -> Series:
        """What is stored after the targets of every `stride`-th window moved a share of the way to those given.

        Where fewer points are stored than the series has steps, it is the nearest series that they can say.
        """
        series = blended(self.series().detach(), targets.to(self.data), self.lookback, share, stride)
        return self.restore(self.fields(), self.state_dict() | {"data": self.waves().to(series) @ series})

    def origin(self) -> Int[Tensor, " decoded"]:
        """An item of every window; all of them make each window, so they are shared out evenly."""
        windows = self.length - self.lookback - self.horizon + 1
        return torch.arange(windows, device=self.data.device) * len(self.data) // windows

    def fields(self) -> dict[str, Any]:
        """Steps of the series and of its windows."""
        return {name: getattr(self, name) for name in _FIELDS}

    @staticmethod
    def examples_per_item(windows: int = 1, length: int | None = None) -> int:
        """Consecutive windows that a point begins from; more than one where few points are to describe many steps."""
        return windows

    @staticmethod
    def item_bytes(inputs: Leaf, windows: int = 1, length: int | None = None) -> int:
        """Of a point, a number for every channel."""
        return 4 * inputs.shape[-1]

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, windows: int = 1, length: int | None = None) -> Series:
        """Keep the lowest frequencies of the series that consecutive windows (decoded, lookback, channels) cover.

        Args: length, steps of it that are kept; None: as many as there are points, and at least the lookback and two
        horizons, as far as the windows reach.
        Raises `RequestError` for examples that are no windows or do not follow one another, and for a length that
        holds no window or is not covered.
        """
        points, series, lookback, horizon = covered("series", inputs, task, windows, length)
        return cls(cosines(len(series), points).to(series) @ series, len(series), lookback, horizon)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Series:
        """Rebuild from "data" (points, channels). Raises `ArtifactError` where it does not fit."""
        return cls(*restored(fields, tensors))


def covered(
    name: str, inputs: Inputs, task: Task, windows: int, length: int | None
) -> tuple[int, Float[Tensor, "length channels"], int, int]:
    """Points, the series that consecutive windows cover, as far as it is kept, its lookback and its horizon.

    Args: name, of the codec, for the errors; these and the rest are those of `Series.encode`.
    """
    if not isinstance(inputs, Tensor) or inputs.dim() != 3 or "forecast" not in task.offers:
        raise RequestError(f"codec {name} stores windows (decoded, lookback, channels): use codec raw here")
    if not bool(follow(inputs).all()):
        raise RequestError(
            f"codec {name} stores one stretch, and the examples of the start do not follow one another: set "
            f"start=slice, or begin at a set of {len(inputs)} windows that do"
        )
    points, lookback = len(inputs) // windows, inputs.shape[1]
    horizon = task.target.outputs // inputs.shape[2]
    series = stitched(inputs)
    length = length or min(len(series), max(points, lookback + 2 * horizon))
    least = max(points, lookback + horizon)
    if not least <= length <= len(series):
        raise RequestError(
            f"{points} points begin from {len(series)} steps, and a series of {length} was to be kept: it needs "
            f"{least} at least; set codec={name}:windows={-(-(least - lookback + 1) // points)} or more"
        )
    return points, series[:length], lookback, horizon


def restored(
    fields: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[Float[Tensor, "points channels"], int, int, int]:
    """Tensor "data", length, lookback and horizon as read from a file. Raises `ArtifactError` where they do not fit."""
    data, steps = expect_tensor(tensors, "data", 2), [fields.get(name) for name in _FIELDS]
    if any(type(step) is not int or step < 1 for step in steps):
        raise ArtifactError(f"{dict(zip(_FIELDS, steps, strict=True))} are impossible: expected numbers of steps")
    length, lookback, horizon = (int(step) for step in steps if step is not None)
    if length < max(len(data), lookback + horizon):
        raise ArtifactError(
            f"tensor 'data' {tuple(data.shape)} is no series of {length} steps with windows of {lookback} and {horizon}"
        )
    waves = 4 * length**2  # two matrices in float64
    expect_decodable(waves + length * lookback * data.shape[1], f"a series of {length} steps")
    return data, length, lookback, horizon


def series_codec(task: Task, points: int, name: str = "series") -> str:
    """The codec for so many points: from as many windows for each as make a series of the length that is usual.

    Args: name, of it or of one that stores a series in other waves.
    """
    lookback, channels = task.input_spec.shape
    steps = max(points, lookback + 2 * (task.target.outputs // channels))
    windows = -(-(steps - lookback + 1) // points)
    return f"{name}:windows={max(1, min(windows, len(task.train) // points))}"


@lru_cache(maxsize=16)
def cosines(length: int, points: int) -> Float[Tensor, "points length"]:
    """The lowest frequencies of the orthonormal discrete cosine transform (DCT-II), one a row: (kept, steps)."""
    return torch.from_numpy(dct(torch.eye(length, dtype=torch.float64).numpy(), axis=0, norm="ortho")[:points]).float()


CODEC = Series
