"""One self-contained HTML page from run folders: it loads nothing from anywhere, and no text of a run can execute."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
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

Said = tuple[str, str, str]  # what it is, how much, and what that means or is exactly


@dataclass(frozen=True)
class Graded:
    """What was graded under one exam: a table for each metric, what the exam is; of several sets a chart as well."""

    title: str
    tables: tuple[Grid, ...]
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None = None


def write_page(folders: Sequence[Path], out: Path) -> Path:
    """One page that shows the given run folders, a comparison first where there are several; returns `out`.

    Raises `RequestError` for no folder, `ArtifactError` for a folder that holds no set or a damaged one.
    """
    if not folders:
        raise RequestError("a page needs at least one run folder: none was given")
    runs = [(f"run-{number}", read_run(Path(folder))) for number, folder in enumerate(folders, start=1)]
    script = (_HERE / "page.js").read_text(encoding="utf8")
    page = _environment().get_template("page.html").render(
        title=_title(runs[0][1]) if len(runs) == 1 else f"{len(runs)} distilled sets compared",
        runs=runs,
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
    """Of the page's text, which asks of every run what it says."""
    loader = FileSystemLoader(_HERE)
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.globals.update(title_of=_title, verdict=verdict, certainty=certainty, tiles=_tiles, rows_held=rows_held)
    found.globals.update(gallery=_gallery, gradings=_gradings, curves=curves, term_names=term_names, ledger=_ledger)
    found.globals.update(training=_training, provenance=_provenance)
    return found


def _title(run: Run) -> str:
    how = "chosen" if run.paper.get("family") == "coreset" else "distilled"
    return f"{run.card.task.name}, {how} by {run.method}"


def _gradings(run: Run) -> tuple[Graded, ...]:
    return tuple(_graded(standings_of(run, grading)) for grading in run.gradings if grading.rows)


def _comparisons(runs: Sequence[tuple[str, Run]]) -> tuple[Graded, ...]:
    return tuple(
        _graded(standings, chart(standings, f"chart-{number}"))
        for number, standings in enumerate(standings_across(runs), start=1)
    )


def _graded(standings: Standings, chart: Chart | None = None) -> Graded:
    grading = standings.grading
    return Graded(f"{standings.task}, exam {grading.exam}", score_grids(standings), _exam_facts(grading), chart)


def _tiles(run: Run) -> tuple[Said, ...]:
    """The large numbers, each with what it is and what it means."""
    tiles, grading = [], run.grading
    if grading is not None:
        own = grading.of("distilled")
        learners = own[0].network if len(own) == 1 else f"mean of {len(own)} learners"
        tiles.append((titled(grading.metric), score_text(average(own), grading.metric), learners))
        worth = grading.verdict
        if worth is not None:
            unit = " points" if grading.metric.unit == "fraction" else ""
            gap = gap_text(worth.gap, grading.metric, sign=True)
            tiles.append((f"Ahead of {worth.rival}", f"{gap}{unit}", "its best rival at the same bytes"))
    tiles.append(_size(run))
    steps = f"{count_text(run.log[-1].step)} steps" if run.log else "a start without steps"
    return (*tiles, ("Distilling", seconds_text(run.seconds) if run.log else "none", steps))


def _size(run: Run) -> Said:
    """The set's files beside those of the data; its tensors beside theirs where files are not known."""
    sizes, full = run.sizes, _full_bytes(run)
    tensors = f"{bytes_text(sizes.tensors)} for {bytes_text(full)} of tensors" if full else ""
    if sizes.disk and sizes.files:
        on_disk = f"{bytes_text(sizes.disk)} for {bytes_text(sizes.files)} on disk"
        note = f"{on_disk}; {tensors}" if tensors else on_disk
        return "Size", change_text(sizes.files, sizes.disk), note
    if full:
        return "Size", change_text(full, sizes.tensors), tensors
    return "Size", bytes_text(sizes.disk or sizes.tensors), amount(run)


def _full_bytes(run: Run) -> int:
    """Bytes of the full data, from the row that was trained on them; 0 where there is none."""
    return max((row.bytes for grading in run.gradings for row in grading.of("full")), default=0)


def _gallery(run: Run) -> tuple[tuple[Picture, str, str], ...]:
    """Pictures with their alternative text and caption."""
    content = f"{noun(run)} {run.card.task.target.content()}"
    shown, moved = [], bool(run.log)
    if run.start is not None and moved:
        shown.append((run.start, f"Before the first step: {content}", "Before: what the set started from"))
    if run.learnt is not None:
        word = "After: what was learnt" if moved else "What the set holds"
        shown.append((run.learnt, f"The distilled set: {content}", f"{word}, {amount(run)}"))
    return tuple(shown)


def _ledger(run: Run) -> tuple[Said, ...]:
    """Bytes and computing, with their exact amounts."""
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


def _stored(run: Run) -> list[Said]:
    """What the set stores in bytes, and in the units that papers count; what it was made with."""
    budget, ledger = run.card.budget, run.sizes.ledger
    lines = [_sized("Data", budget.data)]
    lines += [_sized("Shared by all items", ledger.decoder_bits // 8)] if ledger.decoder_bits else []
    lines += [_sized("Labels", budget.labels), _sized("Extras", budget.extras), _sized("The set", budget.total)]
    lines.append(("As papers count", f"{count_text(ledger.floats)} floats", f"{count_text(ledger.bits)} bits"))
    return [*lines, _sized("Assets beside", ledger.asset_bytes)] if ledger.asset_bytes else lines


def _sized(name: str, size: int) -> Said:
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
