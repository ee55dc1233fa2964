"""Whitened images: the map is fitted on training images once, kept in the cache and named in the preprocessing record.

The record holds the form and a name alone, a hash of the data and of how they are normalised: a set that was made in a
whitened space is graded with the map of that name or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from condenset.core.cache import cache_folder, put
from condenset.core.errors import DataError
from condenset.kernels.zca import Whitening, zca_absolute, zca_relative

Form = Literal["relative", "absolute"]  # of images standardised per channel; of images in [0, 1], as they are
_FITS: Mapping[str, Callable[[Tensor], Whitening]] = {"relative": zca_relative, "absolute": zca_absolute}


def whitened(preprocessing: Mapping[str, Any], sha256: str, images: Callable[[], Tensor], form: Form) -> dict[str, Any]:
    """The record with a map named in it, fitted where the cache holds none of that name.

    Args: sha256, of the training data; images, opens them normalised, (n, channels, height, width).
    """
    text = json.dumps([preprocessing, sha256, form], sort_keys=True)
    record = {"form": form, "name": hashlib.sha256(text.encode()).hexdigest()[:16]}
    try:
        whitening_of(record["name"])
    except DataError:
        _keep(_FITS[form](images()), _path(record["name"]))
    return {**preprocessing, "zca": record}


@lru_cache(maxsize=2)
def whitening_of(name: str) -> Whitening:
    """The map of a name, (d, d) for images of d values. Raises `DataError` where the cache holds none that is whole."""
    path = _path(name)
    try:
        return Whitening(**load_file(path))
    except (OSError, SafetensorError, TypeError) as error:
        raise DataError(
            f"the ZCA matrix {name} is not in the cache, or damaged ({path}): open the data with zca again"
        ) from error


def _keep(fitted: Whitening, path: Path) -> None:
    with put(path) as part:
        save_file({"mean": fitted.mean, "matrix": fitted.matrix, "inverse": fitted.inverse}, part)


def _path(name: str) -> Path:
    return cache_folder() / "whitening" / f"{name}.safetensors"
