"""The folder of a run: a log line per step and checkpoints while it lasts, the saved set when it is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from condenset.artifact.card import CARD_FILE
from condenset.artifact.checkpoint import (
    LATEST,
    PREVIOUS,
    has_checkpoint,
    load_checkpoint,
    remove_checkpoints,
    save_checkpoint,
)
from condenset.artifact.files import replace_file, writing
from condenset.core.errors import RequestError

LOG_FILE = "log.jsonl"
CONFIG_FILE = "run.toml"
RECIPE_FILE = "recipe.toml"
_OCCUPIED = (CARD_FILE, CONFIG_FILE, LOG_FILE, LATEST, PREVIOUS)


class RunFolder:
    """Where a run writes. It can be killed at any moment and resumed from the last whole checkpoint.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        """Args: path, an existing folder; `create` makes one."""
        self.path = path

    @classmethod
    def create(cls, path: str | Path, resume: bool = False) -> RunFolder:
        """The folder of a new run, or with `resume` of one that was interrupted.

        Raises `RequestError` where the path is a file, or holds a run or a finished set and `resume` is not given;
        `CondensetError` where it cannot be made.
        """
        path = Path(path)
        refuse_occupied(path, resume)
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    @property
    def finished(self) -> bool:
        """Whether the folder holds a finished set."""
        return (self.path / CARD_FILE).exists()

    def log(self, record: Mapping[str, Any]) -> None:
        """Append a line to log.jsonl; it is handed to the system before this returns. `record` has a "step"."""
        with writing(self.path / LOG_FILE), (self.path / LOG_FILE).open("a", encoding="utf8") as file:
            file.write(json.dumps(record, allow_nan=False) + "\n")

    def lines(self) -> list[dict[str, Any]]:
        """The whole lines of the log; a last line that a kill cut off is left out."""
        path = self.path / LOG_FILE
        written = path.read_text(encoding="utf8").splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in written if line.endswith("\n")]

    def truncate_log(self, step: int) -> None:
        """Drop the log's lines after a step, which a resumed run writes again. Replaces the file atomically."""
        kept = [json.dumps(line) for line in self.lines() if line.get("step", 0) <= step]
        replace_file(self.path / LOG_FILE, "".join(f"{line}\n" for line in kept).encode())

    def save_checkpoint(self, tensors: Mapping[str, Tensor]) -> None:
        """Keep the state of the run, tensors of any names and shapes, as `State.tensors` gives it.

        Raises `CondensetError` where the disk is full.
        """
        save_checkpoint(tensors, self.path)

    def checkpoint(self) -> dict[str, Tensor] | None:
        """The tensors of the last whole checkpoint by name, of the shapes and dtypes that they were saved with.

        None where the run ended before its first one. Raises `ArtifactError`.
        """
        return load_checkpoint(self.path) if has_checkpoint(self.path) else None

    def finish(self) -> None:
        """Remove the checkpoints of a run whose set is saved. Raises `RequestError` where none is saved."""
        if not self.finished:
            raise RequestError(
                f"{self.path} holds no finished set yet and its checkpoints are needed: save the set first"
            )
        remove_checkpoints(self.path)


def refuse_occupied(path: Path, resume: bool = False) -> None:
    """Raises `RequestError` where a path is a file, or holds a run or a finished set and `resume` is not given."""
    if path.exists() and not path.is_dir():
        raise RequestError(f"{path} is a file: a run needs a folder; choose another name")
    present = [name for name in _OCCUPIED if (path / name).exists()]
    if present and not resume:
        state = "a finished set" if CARD_FILE in present else "a run"
        raise RequestError(f"{path} holds {state} already: choose another folder, or continue it with --resume")
