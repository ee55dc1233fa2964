"""From pixels to what networks see and back; the record of it travels with every set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Integer, Shaped, UInt8
from torch import Tensor

from condenset.tasks.pictures.whitening import whitening_of

_SMALLEST_STD = 1e-6  # below it a channel is constant and is only centred


def measure(
    images: Shaped[np.ndarray, "n height width channels"],
    size: int | None = None,
    constants: tuple[tuple[float, ...], tuple[float, ...]] | None = None,
) -> dict[str, Any]:
    """The preprocessing record of training images, JSON-able.

    Args: size, side in pixels to bring them to; constants, (mean, std) per channel instead of measured ones.
    Returns kind "image"; range, the two pixel values that become 0 and 1: (0, 255) for uint8, (0, 1) for other
    values within it, else the smallest and largest; size [height, width]; mean and std per channel after that.
    """
    side = list(images.shape[1:3]) if size is None else [size, size]
    record: dict[str, Any] = {"kind": "image", "range": _range(images), "size": side}
    if constants is None:
        std, mean = torch.std_mean(_unit(images, record), dim=(0, 2, 3), correction=0)
        std = torch.where(std < _SMALLEST_STD, torch.ones_like(std), std)
        constants = tuple(mean.tolist()), tuple(std.tolist())
    return {**record, "mean": list(constants[0]), "std": list(constants[1])}


def measure_levels(
    levels: Integer[np.ndarray, "channels 256"],
    size: Sequence[int],
    constants: tuple[tuple[float, ...], tuple[float, ...]] | None = None,
) -> tuple[dict[str, Any], float]:
    """The record that `measure` makes of uint8 images, and the root mean square of their network inputs.

    Args: levels, per channel how many pixels have each value; size, [height, width], which the images have already;
    constants, as of `measure`.
    """
    weights = levels / levels.sum(1, keepdims=True)
    unit = np.arange(256) / 255
    if constants is None:
        mean = weights @ unit
        std = np.sqrt((weights * (unit - mean[:, None]) ** 2).sum(1))
        scale = float(np.sqrt(np.mean(std >= _SMALLEST_STD)))  # a channel has mean square 1, or 0 if it is constant
        std[std < _SMALLEST_STD] = 1
    else:
        mean, std = map(np.array, constants)
        scale = float(np.sqrt((weights * ((unit - mean[:, None]) / std[:, None]) ** 2).sum(1).mean()))
    record = {"kind": "image", "range": [0.0, 255.0], "size": list(size), "mean": mean.tolist(), "std": std.tolist()}
    return record, scale


def to_inputs(
    images: Shaped[np.ndarray, "n height width channels"], preprocessing: Mapping[str, Any]
) -> Float[Tensor, "n channels new_height new_width"]:
    """Images as networks see them, float32: scaled by the record's range, brought to its size, normalised, whitened.

    Another size is scaled until it covers the record's and cut around the centre.
    """
    mean, std = _constants(preprocessing)
    normalised = _unit(images, preprocessing).sub_(mean).div_(std)
    return whitening_of(preprocessing["zca"]["name"]).apply(normalised) if "zca" in preprocessing else normalised


def to_unit(
    inputs: Float[Tensor, "n channels height width"], preprocessing: Mapping[str, Any]
) -> Float[Tensor, "n channels height width"]:
    """Network inputs with whitening and normalisation undone: the data's lie in [0, 1], learnt ones may leave it."""
    mean, std = _constants(preprocessing)
    images = inputs.detach().float().cpu()
    normalised = whitening_of(preprocessing["zca"]["name"]).invert(images) if "zca" in preprocessing else images
    return normalised * std + mean


def legal(
    inputs: Float[Tensor, "n channels height width"], preprocessing: Mapping[str, Any]
) -> Float[Tensor, "n channels height width"]:
    """The nearest network inputs that are images: pixels between black and white; whitened ones as they are."""
    if "zca" in preprocessing:
        return inputs
    mean, std = (constant.to(inputs) for constant in _constants(preprocessing))
    return torch.clamp(inputs, -mean / std, (1 - mean) / std)


def levels(unit: Float[Tensor, "n channels height width"]) -> UInt8[np.ndarray, "n height width channels"]:
    """Values as pixels of 256 levels, clipped to [0, 1]."""
    return (unit.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()


def outside(unit: Float[Tensor, "n channels height width"]) -> float:
    """Share of values that lie more than a level outside [0, 1], which pixels cannot hold."""
    return float(((unit < -1 / 255) | (unit > 1 + 1 / 255)).float().mean())


def _constants(preprocessing: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    mean, std = (torch.tensor(preprocessing[key], dtype=torch.float32).view(1, -1, 1, 1) for key in ("mean", "std"))
    return mean, std


def _range(images: np.ndarray) -> list[float]:
    if images.dtype == np.uint8:
        return [0.0, 255.0]
    low, high = float(images.min()), float(images.max())
    if low >= 0 and high <= 1:
        return [0.0, 1.0]
    return [low, high if high > low else low + 1]


def _unit(images: np.ndarray, record: Mapping[str, Any]) -> Float[Tensor, "n channels height width"]:
    low, high = record["range"]
    planes = torch.from_numpy(np.require(images, requirements="W")).permute(0, 3, 1, 2)
    unit = planes.to(torch.float32, memory_format=torch.contiguous_format, copy=True)
    return _covering(unit.sub_(low).div_(high - low), *record["size"])


def _covering(
    images: Float[Tensor, "n channels height width"], height: int, width: int
) -> Float[Tensor, "n channels {height} {width}"]:
    h, w = images.shape[2:]
    if (h, w) == (height, width):
        return images
    ratio = max(height / h, width / w)
    scaled = max(height, round(h * ratio)), max(width, round(w * ratio))
    larger = F.interpolate(images, scaled, mode="bilinear", antialias=True, align_corners=False)
    top, left = (scaled[0] - height) // 2, (scaled[1] - width) // 2
    return larger[:, :, top : top + height, left : left + width].contiguous()
