"""Record graded run folders as results: `python bench/record.py RUN...` writes one file per evaluation and learner.

A result holds the published number of the same setting where there is one, the measured one, random examples under
the same exam, and a verdict that nobody types: verified (within the published interval, above it, or at most one
point below), partial (beats random by more than both intervals), failed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from condenset.artifact import read
from condenset.recipe import METHODS

RESULTS = Path(__file__).parent / "results"


def results(folder: Path) -> Iterator[dict[str, Any]]:
    """The results of one run folder."""
    artifact = read(folder)
    card = artifact.card
    recipe = dict(card.recipe)
    per_class = recipe["size"].get("per_class")
    unit = "nodes" if card.task.modality == "graph" else "items"
    budget = f"{per_class} per class" if per_class else f"{len(artifact.synthetic.groups)} {unit}"
    log = folder / "log.jsonl"
    seconds = sum(json.loads(line)["seconds"] for line in log.read_text().splitlines()) if log.exists() else None
    for evaluation in card.evaluations:
        rows = {(row["name"], row["network"]): row for row in evaluation["rows"]}
        for (name, network), row in rows.items():
            if name != "distilled":
                continue
            setting = {
                "method": recipe["method"],
                "dataset": card.task.name,
                "budget": budget,
                "network": network,
                "exam": evaluation["exam"],
            }
            random = rows.get(("random", network))
            yield setting | {
                "exam_hash": evaluation["exam_hash"],
                "metric": evaluation["metric"],
                "measured": row["mean"],
                "std": row["std"],
                "ci95": row["ci95"],
                "repeats": row["repeats"],
                "bytes": row["bytes"],
                "baselines": {n: [r["mean"], r["std"]] for (n, w), r in rows.items() if w == network and n != name},
                "random": random and random["mean"],
                "schedule": "reduced",
                "steps": recipe.get("steps"),
                "changes": recipe.get("changes", {}),
                "seconds": seconds,
                **_against(setting, row, random),
            }


def _against(setting: dict[str, str], row: dict[str, Any], random: dict[str, Any] | None) -> dict[str, Any]:
    published = next((r for r in METHODS.declared(setting["method"])["reported"] if _same(r, setting)), None)
    reported = None if published is None else published["mean"]
    if published is not None and row["mean"] >= min(reported - 0.01, reported - (published["std"] or 0.0)):
        return {"reported": reported, "verdict": "verified"}
    beaten = random is not None and row["ci95"][0] > random["ci95"][1]
    return {"reported": reported, "verdict": "partial" if beaten else "failed"}


def _same(reported: dict[str, Any], setting: dict[str, str]) -> bool:
    base = setting["network"].split(":")[0]
    return reported["network"] == base and all(reported[key] == setting[key] for key in ("dataset", "budget", "exam"))


def main() -> None:
    """Write the results of every folder named."""
    RESULTS.mkdir(exist_ok=True)
    for folder in map(Path, sys.argv[1:]):
        for result in results(folder):
            parts = [result[key] for key in ("method", "dataset", "budget", "exam", "network")]
            name = "-".join(parts).replace(" ", "-").replace(":", "-").replace("=", "-") + ".json"
            (RESULTS / name).write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
