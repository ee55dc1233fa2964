"""One self-contained HTML page from run folders: it loads nothing from anywhere, and no text of a run can execute."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from condenset.artifact.files import replace_file
from condenset.core.errors import RequestError
from condenset.core.metric import gap_text, score_text
from condenset.evaluation.exam import exam_names, exam_summary
from condenset.evaluation.grading import Grading
from condenset.report.chart import Chart, chart
from condenset.report.curves import curves, term_names
from condenset.report.grid import Grid, rows_held, score_grids
from condenset.report.records import Picture, Run, read_run
from condenset.report.standings import Standings, standings_across, standings_of
from condenset.report.wording import (
    amount,
    average,
    bytes_text,
    certainty,
    change_text,
    count_text,
    duplicates_text,
    noun,
    ratio_text,
    seconds_text,
    titled,
    verdict,
)

_HERE = Path(__file__).parent
_UNBOUND = "no set: an older version wrote the scores, which did not say of what they are"
_SELECTIONS = {"last": "the last epoch", "validation": "the best epoch on validation data"}


@dataclass(frozen=True)
class Tile:
    """One large number: what it is, the number, what it means."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Shown:
    """A picture in the gallery: its data URI, size in pixels, whether on paper, alternative text and caption."""

    uri: str
    width: int
    height: int
    paper: bool
    alt: str
    caption: str


@dataclass(frozen=True)
class Graded:
    """What was graded under one exam: a table for each metric, what the exam is; of several sets a chart as well."""

    title: str
    tables: tuple[Grid, ...]
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None = None


@dataclass(frozen=True)
class Section:
    """Everything that the page says of one run."""

    key: str
    name: str
    title: str
    verdict: str
    certainty: str
    tiles: tuple[Tile, ...]
    rows: Grid | None
    gallery: tuple[Shown, ...]
    gradings: tuple[Graded, ...]
    curves: Markup
    terms: tuple[str, ...]
    ledger: tuple[tuple[str, str, str], ...]
    training: tuple[tuple[str, str], ...]
    citation: dict[str, str]
    provenance: tuple[tuple[str, str], ...]
    made_from: Mapping[str, str]


def write_page(folders: Sequence[Path], out: Path) -> Path:
    """One page that shows the given run folders, a comparison first where there are several; returns `out`.

    Raises `RequestError` for no folder, `ArtifactError` for a folder that holds no set or a damaged one.
    """
    if not folders:
        raise RequestError("a page needs at least one run folder: none was given")
    runs = [(f"run-{number}", read_run(Path(folder))) for number, folder in enumerate(folders, start=1)]
    sections = [_section(key, run) for key, run in runs]
    script = (_HERE / "page.js").read_text(encoding="utf8")
    page = _environment().get_template("page.html").render(
        title=sections[0].title if len(runs) == 1 else f"{len(runs)} distilled sets compared",
        sections=sections,
        comparisons=_comparisons(runs) if len(runs) > 1 else (),
        style=Markup((_HERE / "page.css").read_text(encoding="utf8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        version=version("condenset"),
    )  # fmt: skip
    replace_file(out, page.encode(errors="backslashreplace"))  # a name may hold half a character
    return out


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(_HERE)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _section(key: str, run: Run) -> Section:
    card = run.card
    how = "chosen" if run.paper.get("family") == "coreset" else "distilled"
    return Section(
        key=key,
        name=run.path.resolve().name,
        title=f"{card.task.name}, {how} by {run.method}",
        verdict=verdict(run),
        certainty=certainty(run),
        tiles=_tiles(run),
        rows=rows_held(run.path, card),
        gallery=_gallery(run),
        gradings=tuple(_graded(standings_of(run, grading)) for grading in run.gradings if grading.rows),
        curves=curves(run.log, key),
        terms=tuple(term_names(run.log)),
        ledger=_ledger(run),
        training=_training(run),
        citation={name: str(run.paper.get(name) or "") for name in ("title", "venue", "year", "arxiv")},
        provenance=_provenance(run),
        made_from=run.made_from,
    )


def _comparisons(runs: Sequence[tuple[str, Run]]) -> tuple[Graded, ...]:
    return tuple(
        _graded(standings, chart(standings, f"chart-{number}"))
        for number, standings in enumerate(standings_across(runs), start=1)
    )


def _graded(standings: Standings, chart: Chart | None = None) -> Graded:
    grading = standings.grading
    return Graded(f"{standings.task}, exam {grading.exam}", score_grids(standings), _exam_facts(grading), chart)


def _tiles(run: Run) -> tuple[Tile, ...]:
    tiles, grading = [], run.grading
    if grading is not None:
        own = grading.of("distilled")
        learners = own[0].network if len(own) == 1 else f"mean of {len(own)} learners"
        tiles.append(Tile(titled(grading.metric), score_text(average(own), grading.metric), learners))
        worth = grading.verdict
        if worth is not None:
            unit = " points" if grading.metric.unit == "fraction" else ""
            gap = gap_text(worth.gap, grading.metric, sign=True)
            tiles.append(Tile(f"Ahead of {worth.rival}", f"{gap}{unit}", "its best rival at the same bytes"))
    tiles.append(_size(run))
    steps = f"{count_text(run.log[-1].step)} steps" if run.log else "a start without steps"
    return (*tiles, Tile("Distilling", seconds_text(run.seconds) if run.log else "none", steps))


def _size(run: Run) -> Tile:
    """The set's files beside those of the data; its tensors beside theirs where files are not known."""
    sizes, full = run.sizes, _full_bytes(run)
    tensors = f"{bytes_text(sizes.tensors)} for {bytes_text(full)} of tensors" if full else ""
    if sizes.disk and sizes.files:
        on_disk = f"{bytes_text(sizes.disk)} for {bytes_text(sizes.files)} on disk"
        note = f"{on_disk}; {tensors}" if tensors else on_disk
        return Tile("Size", change_text(sizes.files, sizes.disk), note)
    if full:
        return Tile("Size", change_text(full, sizes.tensors), tensors)
    return Tile("Size", bytes_text(sizes.disk or sizes.tensors), amount(run))


def _full_bytes(run: Run) -> int:
    """Bytes of the full data, from the row that was trained on them; 0 where there is none."""
    return max((row.bytes for grading in run.gradings for row in grading.of("full")), default=0)


def _gallery(run: Run) -> tuple[Shown, ...]:
    content = f"{noun(run)} {run.card.task.target.content()}"
    shown, moved = [], bool(run.log)
    if run.start is not None and moved:
        shown.append(_shown(run.start, f"Before the first step: {content}", "Before: what the set started from"))
    if run.learnt is not None:
        word = "After: what was learnt" if moved else "What the set holds"
        shown.append(_shown(run.learnt, f"The distilled set: {content}", f"{word}, {amount(run)}"))
    return tuple(shown)


def _shown(picture: Picture, alt: str, caption: str) -> Shown:
    uri = f"data:image/png;base64,{base64.b64encode(picture.content).decode()}"
    return Shown(uri, picture.width, picture.height, picture.paper, alt, caption)


def _ledger(run: Run) -> tuple[tuple[str, str, str], ...]:
    """(what, amount, exact amount) of bytes and of computing."""
    full, disk, files = _full_bytes(run), run.sizes.disk, run.sizes.files
    lines = [("Items", amount(run), f"for {count_text(run.rows)}")] if run.rows else []
    lines += _stored(run)
    more = [("The full data", full), ("The set on disk", disk), ("The files of the data", files)]
    lines += [_sized(name, size) for name, size in more if size]
    if disk and files:
        lines.append(("Compression on disk", ratio_text(files / disk), "files of the data ÷ the set on disk"))
    if full:
        lines.append(("Compression", ratio_text(full / run.card.budget.total), "full data ÷ the set"))
    lines.append(("Distilling", seconds_text(run.seconds), f"{count_text(run.log[-1].step if run.log else 0)} steps"))
    grading = run.grading
    for name, title in (("distilled", "Training on the set"), ("full", "Training on the full data")):
        rows = grading.of(name) if grading is not None else ()
        if rows:
            mean = sum(row.train_s for row in rows) / len(rows)
            lines.append((title, seconds_text(mean), "one network"))
    return tuple(lines)


def _stored(run: Run) -> list[tuple[str, str, str]]:
    """What the set stores in bytes, and in the units that papers count; what it was made with."""
    budget, ledger = run.card.budget, run.sizes.ledger
    lines = [_sized("Data", budget.data)]
    lines += [_sized("Shared by all items", ledger.decoder_bits // 8)] if ledger.decoder_bits else []
    lines += [_sized("Labels", budget.labels), _sized("Extras", budget.extras), _sized("The set", budget.total)]
    lines.append(("As papers count", f"{count_text(ledger.floats)} floats", f"{count_text(ledger.bits)} bits"))
    return [*lines, _sized("Assets beside", ledger.asset_bytes)] if ledger.asset_bytes else lines


def _sized(name: str, size: int) -> tuple[str, str, str]:
    return name, bytes_text(size), f"{count_text(size)} bytes"


def _exam_facts(grading: Grading) -> tuple[tuple[str, str], ...]:
    facts = [("Exam", f"{grading.exam}, version {grading.exam_version}"), ("Hash", grading.exam_hash)]
    if grading.exam in exam_names():
        facts.insert(1, ("Protocol", exam_summary(grading.exam)))
    facts.append(("Selection", _SELECTIONS.get(grading.selection, grading.selection)))
    facts.append(("Bound to", "" if grading.bound_to else _UNBOUND))
    facts.append(("Duplicates", duplicates_text(grading.duplicates, "examples") if grading.duplicates else ""))
    return tuple((name, value) for name, value in facts if value)


def _training(run: Run) -> tuple[tuple[str, str], ...]:
    card, contract = run.card, run.card.contract
    epochs = "as the exam says" if contract.epochs is None else str(contract.epochs)
    return (
        ("Exam", contract.exam),
        ("Batches", contract.batches),
        ("Epochs", epochs),
        ("Initial network", contract.initial),
        ("Stored as", f"{card.codec.name} with {card.labels.kind} labels"),
        *((str(name), str(value)) for name, value in contract.notes.items()),
    )


def _provenance(run: Run) -> tuple[tuple[str, str], ...]:
    task, recipe = run.card.task, run.card.facts
    size = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in recipe.size.items() if value is not None)
    facts = [
        ("Data", f"{task.name} ({task.modality}), {count_text(run.rows)} training examples"),
        ("Fingerprint", task.fingerprint.sha256),
        ("Budget", size),
        ("Seed", "" if recipe.seed is None else str(recipe.seed)),
        (
            "Left out",
            f"{count_text(run.card.others)} evaluations of another set or of other data" if run.card.others else "",
        ),
        ("Versions", ", ".join(f"{name} {version}" for name, version in run.card.versions.items())),
    ]
    return tuple((name, value) for name, value in facts if value)
