"""One network trained on data, in a safetensors file that says what it knows, how it was trained and how good it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from condenset.core.cache import digest, put
from condenset.core.errors import DataError, RequestError
from condenset.core.structured import structured
from condenset.tasks.task import Task

_HEAD = "teacher"  # of the metadata
_ELSEWHERE = "take it from where it came, or delete it where condenset trained it, and it is trained again"


@dataclass(frozen=True)
class Told:
    """What a teacher's file says of it.

    Attributes:
        network: its architecture with fields.
        knows: its outputs, in words.
        preprocessing: how raw data became its inputs.
        recipe: how it was trained, field by field.
        epochs: of its training, that are done.
        judged: how good it is and by what: "accuracy 0.81 on 2500 images it was not trained on".
        digest: of its numbers.
    """

    network: str
    knows: str
    preprocessing: Mapping[str, Any]
    recipe: Mapping[str, Any]
    epochs: int
    judged: str
    digest: str

    def expect(self, task: Task, path: Path) -> None:
        """Raises `DataError` where it knows other outputs than the task's, or reads inputs that were made otherwise."""
        if self.knows != task.target.describe():
            raise DataError(
                f"the teacher {path} knows {self.knows:.200}, and these data have {task.target.describe():.200}: take "
                "a teacher of these data"
            )
        own = read_as(task)
        apart = {name for name in own.keys() | self.preprocessing if own.get(name) != self.preprocessing.get(name)}
        if apart:
            theirs, ours = ({name: made.get(name) for name in sorted(apart)} for made in (self.preprocessing, own))
            raise DataError(
                f"the teacher {path} reads inputs of {theirs!s:.200}, and these data are opened with {ours!s:.200}: "
                "open them as it reads them, or take another teacher"
            )


def read_as(task: Task) -> dict[str, Any]:
    """How raw data became inputs, whatever data they are; JSON-able."""
    made = {name: value for name, value in task.preprocessing.items() if name != "data"}
    plain: dict[str, Any] = json.loads(json.dumps(made))
    return plain


def write_teacher(path: Path, told: Told, tensors: Mapping[str, Tensor]) -> None:
    """Replace a teacher's file, whole or not at all. Args: told, whose digest is made anew."""
    kept = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with put(path) as part:
        save_file(kept, part, metadata={_HEAD: json.dumps(asdict(told) | {"digest": _digest(kept)})})


def read_teacher(path: Path) -> tuple[Told, dict[str, Tensor]]:
    """What a file says and its tensors. Raises `DataError` where it is missing, damaged, altered or no teacher's."""
    try:
        with safe_open(path, framework="pt") as file:
            head = (file.metadata() or {}).get(_HEAD)
            tensors = {name: file.get_tensor(name) for name in sorted(file.keys())} if head else {}
    except (OSError, SafetensorError) as error:
        raise DataError(f"the teacher {path} cannot be read ({error}): {_ELSEWHERE}") from error
    try:
        told: Told = structured(json.loads(head or ""), Told, "teacher")
    except (ValueError, RequestError) as error:
        raise DataError(f"{path} does not say what teacher it is ({error}): {_ELSEWHERE}") from error
    if told.digest != _digest(tensors):
        raise DataError(f"the teacher {path} was altered: its numbers are not those that were written; {_ELSEWHERE}")
    return told, tensors


def _digest(tensors: Mapping[str, Tensor]) -> str:
    return digest(*(tensors[name] for name in sorted(tensors)))
