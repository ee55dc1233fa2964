"""Numbers and findings as people read them: percent, bytes, durations, and the verdict in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from condenset.core.ledger import Ledger, Sizes
from condenset.core.metric import SPACE, Metric, metric_text, score_text
from condenset.core.offers import items_of
from condenset.evaluation.rows import Row
from condenset.report.records import Run


def count_text(value: int) -> str:
    """A whole number, its thousands set apart."""
    return f"{value:,}".replace(",", SPACE)


def bytes_text(value: int | float) -> str:
    """A size in decimal units, as file managers show it."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5 or unit == "GB":
            break
        value /= 1000
    digits = 0 if unit == "B" or value >= 99.95 else 1
    return f"{value:.{digits}f}{SPACE}{unit}"


def seconds_text(value: float) -> str:
    """A duration in the unit that suits it."""
    if value < 0.1:
        return f"{1000 * value:.2g}{SPACE}ms" if value else f"0{SPACE}s"
    if value < 90:
        return f"{value:.{0 if value >= 10 else 1}f}{SPACE}s"
    return f"{value / 60:.1f}{SPACE}min" if value < 5400 else f"{value / 3600:.1f}{SPACE}h"


def ratio_text(value: float) -> str:
    """How many times smaller; three digits."""
    return f"{count_text(round(value)) if value >= 100 else f'{value:.3g}'}×"


def titled(metric: Metric) -> str:
    """A metric's name where a sentence or a column begins with it."""
    text = metric_text(metric)
    return f"{text[:1].upper()}{text[1:]}"


def change_text(before: int, after: int) -> str:
    """How a size changed, in words: "600× smaller"."""
    return f"{ratio_text(before / after)} smaller" if before >= after else f"{ratio_text(after / before)} larger"


def duplicates_text(count: int, items: str) -> str:
    """Test examples that are training examples, in words. Args: items, what examples are called."""
    return f"{count_text(count)} test {items} are training {items}, too: what is scored on them is memory"


def sizes_text(sizes: Sizes) -> str:
    """What a set takes, beside what its data take."""
    tensors = f"{bytes_text(sizes.tensors)} of tensors"
    own = tensors if sizes.disk is None else f"{bytes_text(sizes.disk)} on disk ({tensors})"
    files = "" if sizes.files is None else f" of {bytes_text(sizes.files)} on disk"
    larger = sizes.files is not None and (sizes.disk or sizes.tensors) > sizes.files
    warning = ": larger than the data themselves, which may as well be kept" if larger else ""
    return f"{own}, for {count_text(sizes.examples)} examples{files}{warning}" if sizes.examples else own


def ledger_text(ledger: Ledger) -> str:
    """What a set stores, in the units that papers count."""
    parts = [f"{count_text(ledger.floats)} floats", f"{count_text(ledger.data_bits)} bits of data"]
    if ledger.decoder_bits:
        parts[1] += f" ({count_text(ledger.decoder_bits)} shared by all items)"
    parts.append(f"{count_text(ledger.bits)} bits with labels")
    if ledger.asset_bytes:
        parts.append(f"{bytes_text(ledger.asset_bytes)} of assets beside")
    return f"stored: {', '.join(parts)}"


def noun(run: Run) -> str:
    """What the examples of the run's data are called."""
    return items_of(run.card.task.modality)


def amount(run: Run) -> str:
    """How many items the set has, in words; only what was made is called synthetic, not what was chosen."""
    made = "" if run.paper.get("family") == "coreset" else "synthetic "
    return f"{count_text(run.card.items)} {made}{noun(run)}" if run.card.items else f"{made}{noun(run)}"


def average(rows: Sequence[Row]) -> float:
    """Mean of the rows' means."""
    return fmean(row.mean for row in rows)


def verdict(run: Run) -> str:
    """What stands in for what, and what it scores, in one sentence."""
    rows = run.rows
    stands = f"{amount(run)} stand in for {count_text(rows)}" if rows else f"{amount(run)} stand in for all"
    grading = run.grading
    if grading is None:
        return f"{stands[:1].upper()}{stands[1:]}. How well is not known yet: the set has not been evaluated."
    own = grading.of("distilled")
    learners = f"taught to {own[0].network}" if len(own) == 1 else f"the mean of {len(own)} learners"
    score = f"{score_text(average(own), grading.metric)} {metric_text(grading.metric)}"
    return f"{stands[:1].upper()}{stands[1:]}: {score}, {learners}."


def certainty(run: Run) -> str:
    """Whether the set is worth it: beside its best rival, or why that is not known."""
    grading = run.grading
    if grading is None:
        return ""
    if grading.verdict is None:
        return "No rival stands beside it under the same rules: evaluate it with baselines before you rely on it."
    return grading.verdict.sentence(grading.metric)
