"""What the page reads from a run folder, as typed records; nothing in the folder is trusted."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import cattrs

from condenset.artifact.card import CARD_FILE, Card, read_card
from condenset.artifact.folder import CONFIG_FILE, LOG_FILE, RECIPE_FILE
from condenset.artifact.reading import refuse_altered
from condenset.artifact.sizes import saved_sizes
from condenset.core.errors import ArtifactError, as_artifact_error
from condenset.core.ledger import Sizes
from condenset.core.offers import exam_of
from condenset.core.registries import METHODS
from condenset.core.structured import bounded_converter, faults
from condenset.core.untrusted_file import is_regular, open_regular, read_regular
from condenset.evaluation.grading import Grading

_LARGEST = 64 * 2**20  # bytes of one file; a page with more would not open in a browser
_SHOWN = 2 * 2**20  # bytes of a log that are read as they are
_LONGEST = 2**16  # characters of a line of it
_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWN_BY = b"tEXtSoftware\0Matplotlib"


@dataclass(frozen=True)
class Logged:
    """A line of the log: the objective's terms at a step, and the seconds that the step took."""

    step: int
    terms: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Picture:
    """A PNG file: its bytes, width and height in pixels, and whether it is a drawing on white paper: Matplotlib's."""

    content: bytes
    width: int
    height: int
    paper: bool

    @property
    def uri(self) -> str:
        """The file as an address that holds it."""
        return f"data:image/png;base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True)
class Run:
    """A run folder, read.

    Attributes:
        path: of the folder; its last part is the run's name.
        card: of the set.
        gradings: what it was graded, once for each exam, the most telling first.
        made_from: text of run.toml and recipe.toml by name, of those that are there.
        sizes: of the set and its data.
        learnt, start: previews of the set and of what it started from, None where there is none.
    """

    path: Path
    card: Card
    gradings: tuple[Grading, ...]
    log: tuple[Logged, ...]
    made_from: Mapping[str, str]
    sizes: Sizes
    learnt: Picture | None
    start: Picture | None

    @property
    def name(self) -> str:
        """The folder's."""
        return self.path.resolve().name

    @property
    def grading(self) -> Grading | None:
        """The first that graded the set."""
        return next((g for g in self.gradings if g.of("distilled")), None)

    @property
    def method(self) -> str:
        """The name of the method that made the set, as its card says it."""
        return self.card.facts.method

    @property
    def label(self) -> str:
        """The method, and the codec where that was chosen for it."""
        codec = self.card.facts.changes.get("codec")
        return f"{self.method}, {codec}" if codec else self.method

    @property
    def rows(self) -> int:
        """Training examples; 0 where the card does not say."""
        return self.card.task.fingerprint.rows

    @property
    def seconds(self) -> float:
        """Seconds that distilling took: the mean of the logged steps times the number of steps."""
        return sum(line.seconds for line in self.log) / len(self.log) * self.log[-1].step if self.log else 0.0

    @property
    def paper(self) -> dict[str, Any]:
        """What the method declares (title, venue, year, arxiv, family); empty for a method that is not installed."""
        return METHODS.declared(self.method) if self.method in METHODS.names() else {}


def read_run(folder: Path) -> Run:
    """A run folder, with its tensors or without. Raises `ArtifactError` where card.json is missing or a file is not
    what it should be."""
    path = folder / CARD_FILE
    if not path.exists() and not path.is_symlink():
        raise ArtifactError(f"{folder} holds no card.json: give the folder that `condenset distill --out` wrote")
    card = read_card(folder)
    refuse_altered(folder, card)
    return Run(
        path=folder,
        card=card,
        gradings=_by_exam(exam_of(card.task.modality), card.gradings),
        log=_log(folder),
        made_from={
            name: content.decode(errors="replace")
            for name in (CONFIG_FILE, RECIPE_FILE)
            if (content := _content(folder, name)) is not None
        },
        sizes=saved_sizes(folder, card),
        learnt=_picture(folder, "preview.png"),
        start=_picture(folder, "start.png"),
    )


def _by_exam(own: str, evaluations: Iterable[Grading]) -> tuple[Grading, ...]:
    """One grading for each exam, with the latest row of every name and learner.

    Under that of the data first, then where most stands beside the set, then the latest.
    """
    found: dict[tuple[str, ...], Grading] = {}
    for grading in evaluations:
        before = found.pop(grading.key, None)
        rows = {(row.name, row.network): row for row in (*(before.rows if before else ()), *grading.rows)}
        found[grading.key] = replace(grading, rows=tuple(rows.values()))
    latest_first = list(found.values())[::-1]
    return tuple(sorted(latest_first, key=lambda grading: (grading.exam != own, -len(grading.rows))))


def _content(folder: Path, name: str) -> bytes | None:
    """A file of the folder, None where it is missing."""
    path = folder / name
    if not _held(path):
        return None
    with as_artifact_error():
        return read_regular(path, _LARGEST)


def _held(path: Path) -> bool:
    """Whether a folder holds a file; a link is refused, since its target would enter the page."""
    if path.is_symlink():
        raise ArtifactError(f"{path} is a symbolic link: a run folder holds its files itself, links are not followed")
    return is_regular(path)


def _log(folder: Path) -> tuple[Logged, ...]:
    """Whole lines in the order of steps, of a long log a part; a last line that a kill cut off is left out."""
    path = folder / LOG_FILE
    lines = [_logged(path, line) for line in (_even_part(path) if _held(path) else ())]
    return tuple(sorted(lines, key=lambda line: line.step))


def _even_part(path: Path) -> Iterator[bytes]:
    """Every line of a file of up to 2 MiB, every so-manieth of a longer one, and its last."""
    stride, last = 1 + path.stat().st_size // _SHOWN, b""
    with open_regular(path) as file:
        for number, line in enumerate(iter(partial(file.readline, _LONGEST), b"")):
            if len(line) == _LONGEST:
                raise ArtifactError(f"{path} has a line of {_LONGEST:,} characters or more: it is altered")
            if not line.endswith(b"\n") or not line.strip():
                continue
            last = line if number % stride else b""
            if not last:
                yield line
    if last:
        yield last


def _picture(folder: Path, name: str) -> Picture | None:
    content = _content(folder, name)
    if content is None:
        return None
    if len(content) < 24 or not content.startswith(_PNG):
        raise ArtifactError(f"{folder / name} is no PNG picture: it is truncated or altered")
    width, height = struct.unpack(">II", content[16:24])
    return Picture(content, width, height, paper=_DRAWN_BY in content)


def _json(path: Path, content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path} is not well-formed JSON ({error}): it is truncated or altered") from error


def _logged(path: Path, line: bytes) -> Logged:
    try:
        return _CONVERTER.structure(_json(path, line), Logged)
    except (cattrs.BaseValidationError, ValueError, TypeError, AttributeError) as error:
        raise ArtifactError(f"{path} is no log: {faults(error, path.name)}") from error


_CONVERTER = bounded_converter()
