"""Cards of older schemas, brought forward: a set that was saved once can always be opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from condenset.core.metric import ACCURACY, Metric

FIRST = "condenset/1"
_MEANINGS = {"image": "grid", "graph": "nodes"}  # of the inputs, by the kind of data; the others have features
_FRACTIONS = {"accuracy": ACCURACY}


def second_of_first(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card of schema condenset/1 in condenset/2: inputs have a spec, groups stand beside the target.

    Raises `KeyError` and the like where it is no such card.
    """
    task = dict(card["task"])
    target = {name: value for name, value in task["target"].items() if name not in ("metric", "higher_is_better")}
    edges = target.pop("edges", None)
    shape = task.pop("input_shape")
    meaning = _MEANINGS.get(task["modality"], "features")
    task["input_spec"] = {"shape": shape, "dtype": "float32", "meaning": meaning}
    task["target"] = target
    task["groups"] = list(target["classes"]) if edges is None else _bins(edges)
    evaluations = [_evaluation(record) for record in card["evaluations"]]
    return {**card, "schema": "condenset/2", "task": task, "assets": [], "evaluations": evaluations}


def _bins(edges: Any) -> list[str]:
    from condenset.core.groups import ByBin

    return list(ByBin(tuple(float(edge) for edge in edges)).names)


def _evaluation(record: Mapping[str, Any]) -> dict[str, Any]:
    """An evaluation as it is recorded now: metrics by name, with their directions and units."""
    if "metric" not in record:
        return dict(record)
    name = str(record["metric"])
    metric = _FRACTIONS.get(name, Metric(name, unit="score"))
    scale = {"name": name, "higher_is_better": record.get("higher_is_better", True), "unit": metric.unit}
    kept = {key: value for key, value in record.items() if key not in ("metric", "higher_is_better")}
    rows = [_row(row, metric) for row in record["rows"]]
    return {**kept, "schema": "condenset.evaluate/2", "metrics": [scale], "rows": rows}


def _row(row: Mapping[str, Any], metric: Metric) -> dict[str, Any]:
    """With the interval held inside the metric's bounds, as it is recorded now."""
    graded = {"mean": row["mean"], "std": row["std"], "ci95": [metric.within(end) for end in row["ci95"]]}
    return {"sets": 1, **row, **graded, "metrics": {metric.name: graded}}
