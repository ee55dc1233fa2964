"""One expert, or other model, in a safetensors file that says whose it is; read memory-mapped, written whole or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from condenset.core.cache import put
from condenset.core.errors import DataError

Shapes = Mapping[str, tuple[int, ...]]

_ADVICE = "delete it and it is trained again"


@dataclass(frozen=True)
class ExpertFile:
    """A file that may not be there yet.

    Attributes:
        path: where.
        identity: name -> value, what the file says of itself; a file that says otherwise is refused.
        kind: what messages call it.
    """

    path: Path
    identity: Mapping[str, str]
    kind: str = "expert"

    def write(self, tensors: Mapping[str, Tensor]) -> None:
        """Replace the file; a reader sees the old one or the new one, and writers at the same time do no harm."""
        with put(self.path) as part:
            save_file(dict(tensors), part, metadata=dict(self.identity))

    @contextmanager
    def opened(self, expected: Callable[[Shapes], Shapes]) -> Iterator[Any]:
        """The open file: `get_tensor(name)` and `get_slice(name)[rows]` read what they return and no more.

        Args: expected, the shapes that must be there, given those found.
        Raises `DataError` naming a file that is damaged or somebody else's.
        """
        try:
            with safe_open(self.path, framework="pt") as file:
                if file.metadata() != self.identity:
                    raise DataError(f"{self.kind} {self.path} belongs to another setting: {_ADVICE}")
                shapes = {name: tuple(file.get_slice(name).get_shape()) for name in sorted(file.keys())}
                if shapes != (wanted := dict(expected(shapes))):
                    raise DataError(f"{self.kind} {self.path} holds {shapes}, expected {wanted}: {_ADVICE}")
                yield file
        except SafetensorError as error:
            raise DataError(f"{self.kind} {self.path} cannot be read ({error}): {_ADVICE}") from error
