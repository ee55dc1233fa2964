"""What one example looks like: a leaf for every tensor that holds it, or a pytree of leaves.

Networks are built from the specs of inputs and outputs, and the bytes of an item are counted from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

Spec = Any  # a leaf, or dictionaries, lists and tuples of specs
DTYPES = {name: kind for name, kind in vars(torch).items() if isinstance(kind, torch.dtype)}  # as "float32"


@dataclass(frozen=True)
class Leaf:
    """One tensor of an example.

    Attributes:
        shape: of one example, without the axis of examples.
        dtype: as networks see it, "float32".
        meaning: what the axes are: "features" (a vector), "grid" (channels, height, width), "sequence" (time,
            channels), "series" (channels, time), "ragged" (channels, time of the longest; the length of each comes with
            it), "nodes" (features of a node, which comes with its graph), "text" (the vector of a text, which comes
            with it), "ids", "mask", "scores".
        native: bytes of one example in its own format, at most, where that is stored and no numbers; 0: it is numbers.
    """

    shape: tuple[int, ...]
    dtype: str = "float32"
    meaning: str = "features"
    native: int = 0

    @property
    def size(self) -> int:
        """Numbers in one example."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of one example."""
        return self.size * DTYPES[self.dtype].itemsize

    @property
    def floating(self) -> bool:
        """Whether it holds floating point numbers."""
        return DTYPES[self.dtype].is_floating_point

    def describe(self) -> str:
        """In words: "1 x 28 x 28 grid"."""
        return f"{' x '.join(map(str, self.shape))} {self.meaning}"


def leaves(spec: Spec) -> list[Leaf]:
    """The leaves of a spec, in its order."""
    if isinstance(spec, Leaf):
        return [spec]
    parts = spec.values() if isinstance(spec, dict) else spec
    return [leaf for part in parts for leaf in leaves(part)]


def item_bytes(spec: Spec) -> int:
    """Bytes of one example as it stands."""
    return sum(leaf.nbytes for leaf in leaves(spec))


def describe(spec: Spec) -> str:
    """A specification in words, leaf after leaf, as errors and listings say it."""
    return ", ".join(leaf.describe() for leaf in leaves(spec))


def plain_spec(spec: Spec) -> Any:
    """A spec in plain values, as JSON has them."""
    if isinstance(spec, Leaf):
        native = {"native": spec.native} if spec.native else {}
        return {"shape": list(spec.shape), "dtype": spec.dtype, "meaning": spec.meaning} | native
    if isinstance(spec, dict):
        return {name: plain_spec(part) for name, part in spec.items()}
    return [plain_spec(part) for part in spec]


def spec_from(record: Any) -> Spec:
    """The spec of plain values, as `dataclasses.asdict` or JSON have them. Raises `ValueError` for what is none."""
    if isinstance(record, list):
        return [spec_from(part) for part in record]
    if not isinstance(record, dict):
        raise ValueError(f"{record!r:.60} is no spec of an example")
    if not set(record) <= {"shape", "dtype", "meaning", "native"}:
        return {str(name): spec_from(part) for name, part in record.items()}
    shape = tuple(record["shape"])
    if any(type(side) is not int or side < 0 for side in shape):
        raise ValueError(f"{record['shape']!r:.60} is no shape")
    native = record.get("native", 0)
    if type(native) is not int or native < 0:
        raise ValueError(f"{native!r:.60} is no number of bytes")
    leaf = Leaf(shape, str(record["dtype"]), str(record["meaning"]), native)
    if leaf.dtype not in DTYPES:
        raise ValueError(f"{leaf.dtype!r:.40} is no type of numbers")
    return leaf


def meanings(spec: Spec) -> frozenset[str]:
    """The meanings that occur."""
    return frozenset(leaf.meaning for leaf in leaves(spec))
