"""The folder of a run: a log line per step and checkpoints while it lasts, the saved set when it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
from condenset.artifact.files import append_line, replace_file, sweep, writing
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.lock import locked
from condenset.core.untrusted_file import read_regular

LOG_FILE = "log.jsonl"
CONFIG_FILE = "run.toml"
RECIPE_FILE = "recipe.toml"
_OCCUPIED = (CARD_FILE, CONFIG_FILE, LOG_FILE, LATEST, PREVIOUS)


class RunFolder:
    """Where a run writes. It can be killed at any moment and resumed from the last whole checkpoint.

    Attributes:
        path: the folder.
        made_from: the digest of what the run is made from, which its checkpoints say.
    """

    def __init__(self, path: Path, made_from: str = "") -> None:
        """Args: path, an existing folder; `held` makes one."""
        self.path, self.made_from = path, made_from

    @classmethod
    @contextmanager
    def held(cls, path: str | Path, resume: bool = False) -> Iterator[RunFolder]:
        """The folder of a new run, or with `resume` of one that was interrupted; no other process has it for the block.

        Raises `RequestError` as `refuse_occupied`, and where another process writes there; `CondensetError` where it
        cannot be made.
        """
        path = Path(path)
        refuse_occupied(path, resume)
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        with locked(path):
            refuse_occupied(path, resume)  # another may have begun there in between
            sweep(path)
            yield cls(path)

    @property
    def finished(self) -> bool:
        """Whether the folder holds a finished set."""
        return (self.path / CARD_FILE).exists()

    def log(self, record: Mapping[str, Any]) -> None:
        """Append a line to log.jsonl; it is handed to the system before this returns. `record` has a "step"."""
        append_line(self.path / LOG_FILE, json.dumps(record, allow_nan=False))

    def lines(self) -> list[dict[str, Any]]:
        """The whole lines of the log; a last line that a kill cut off is left out. Raises `ArtifactError`."""
        path = self.path / LOG_FILE
        written = read_regular(path).splitlines(keepends=True) if path.exists() else []
        try:
            found = [{**json.loads(line)} for line in written if line.endswith(b"\n")]
            if strange := [line for line in found if type(line.get("step", 0)) is not int]:
                raise ValueError(f"{strange[0]!r:.80} is of no step")
            return found
        except (ValueError, TypeError) as error:
            raise ArtifactError(f"{path} is no log of a run ({error}): it is altered, remove it") from error

    def truncate_log(self, step: int) -> None:
        """Drop the log's lines after a step, which a resumed run writes again. Replaces the file atomically."""
        kept = [json.dumps(line) for line in self.lines() if line.get("step", 0) <= step]
        replace_file(self.path / LOG_FILE, "".join(f"{line}\n" for line in kept).encode())

    def save_checkpoint(self, tensors: Mapping[str, Tensor]) -> None:
        """Keep the state of the run, tensors of any names and shapes, as `State.tensors` gives it.

        Raises `CondensetError` where the disk is full.
        """
        save_checkpoint(tensors, self.path, self.made_from)

    def checkpoint(self) -> dict[str, Tensor] | None:
        """The tensors of the last whole checkpoint by name, of the shapes and dtypes that they were saved with.

        None where the run ended before its first one. Raises `ArtifactError`.
        """
        return load_checkpoint(self.path, self.made_from) if has_checkpoint(self.path) else None

    def finish(self) -> None:
        """Remove the checkpoints of a run whose set is saved. Raises `RequestError` where none is saved."""
        if not self.finished:
            raise RequestError(
                f"{self.path} holds no finished set yet and its checkpoints are needed: save the set first"
            )
        remove_checkpoints(self.path)


def refuse_occupied(path: Path, resume: bool = False) -> None:
    """Raises `RequestError` where a path is a file, or holds a link, or a run or a finished set without `resume`."""
    if path.exists() and not path.is_dir():
        raise RequestError(f"{path} is a file: a run needs a folder; choose another name")
    links = sorted(entry.name for entry in path.iterdir() if entry.is_symlink()) if path.exists() else []
    if links:
        raise RequestError(
            f"{path} holds the link {links[0]}, and a run writes into its own folder alone: remove it, or choose "
            "another folder"
        )
    present = [name for name in _OCCUPIED if (path / name).exists()]
    if present and not resume:
        state = "a finished set" if CARD_FILE in present else "a run"
        raise RequestError(f"{path} holds {state} already: choose another folder, or continue it with --resume")
