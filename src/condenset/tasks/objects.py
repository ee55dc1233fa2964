"""Objects of a running program as data: what an object is, and how its values are read.

Objects of libraries that need not be installed are told by their class, so that telling imports nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor

_TESTS = ("test", "validation")  # of a dictionary of splits, the first that there is


def is_of(thing: object, library: str, name: str) -> bool:
    """Whether an object is of a class of a library, or of one that is derived from it."""
    return any(kind.__name__ == name and kind.__module__.split(".")[0] == library for kind in type(thing).__mro__)


def is_frame(thing: object) -> bool:
    """Whether an object is a pandas DataFrame."""
    return is_of(thing, "pandas", "DataFrame")


def is_pair(thing: object) -> bool:
    """Whether an object is a tuple of two."""
    return isinstance(thing, tuple) and len(thing) == 2


def train_and_test(thing: Any, one: Callable[[Any], bool]) -> tuple[Any, Any] | None:
    """The objects to train and to test on; None for the latter where there is none, None where neither is one.

    Args: thing, one object, a pair (train, test), or a dictionary with "train" and perhaps "test" or "validation";
    one, whether a single object is such data.
    """
    if one(thing):
        return thing, None
    if isinstance(thing, Mapping) and "train" in thing:
        parts = thing["train"], next((thing[name] for name in _TESTS if name in thing), None)
    elif is_pair(thing):
        parts = thing
    else:
        return None
    return parts if one(parts[0]) and (parts[1] is None or one(parts[1])) else None


def axes(values: object) -> int:
    """Number of axes of an array, a tensor, a pandas object or a regular list; -1 for anything else."""
    if hasattr(values, "toarray"):  # a sparse matrix is no array
        return -1
    if isinstance(values, list):
        try:
            return len(np.shape(values))
        except ValueError:  # ragged
            return -1
    shape = getattr(values, "shape", None)
    return len(shape) if isinstance(shape, tuple) else -1


def is_column(values: Any) -> bool:
    """Whether values are one for each example, (n,) or (n, 1)."""
    return axes(values) == 1 or (axes(values) == 2 and np.shape(values)[1] == 1)


def as_array(values: Any) -> np.ndarray:
    """Values of any shape as an array of that shape, a tensor's from wherever it is."""
    return values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)


def in_words(thing: object) -> str:
    """What an object is, for messages: its class, its shape, the parts of a tuple."""
    if isinstance(thing, tuple) and thing:
        return f"a tuple of ({', '.join(in_words(part) for part in thing[:4])}{', ...' if len(thing) > 4 else ''})"
    kind = type(thing)
    library = kind.__module__.split(".")[0]
    name = kind.__qualname__ if library == "builtins" else f"{library}.{kind.__qualname__}"
    shape = getattr(thing, "shape", None)
    return f"{name} {tuple(shape)}" if isinstance(shape, tuple) else name
