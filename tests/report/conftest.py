"""Run folders made by hand, as `distill` and `evaluate` leave them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.rows import Row

HOSTILE = '<script>document.title="hacked"</script>'
CLASSES = ["T-shirt", "trouser", HOSTILE, "dress", "coat", "sandal", "shirt", "trainer", "bag", "boot"]
R2 = Metric("r2", unit="score")
ANY = (-np.inf, np.inf)
BOUNDS = {"accuracy": (0.0, 1.0)}
ERROR = Metric("rmse", higher_is_better=False, unit="error")


def row(
    name: str, scores: list[float], bytes_: int, train_s: float, network: str = "convnet", metric: str = "accuracy"
) -> dict[str, Any]:
    """A row of an evaluation."""
    graded = Row(name, network, tuple(scores), bytes_, train_s).record([Metric(metric, bounds=BOUNDS.get(metric, ANY))])
    return {field: value for field, value in graded.items() if field not in ("without", "units")}


def metrics(*measured: Metric) -> list[dict[str, Any]]:
    """Metrics as an evaluation records them, the one that ranks first."""
    return [{"name": m.name, "higher_is_better": m.higher_is_better, "unit": m.unit} for m in measured]


def evaluation() -> dict[str, Any]:
    """A graded set beside baselines; the distilled set is the best but for the full data."""
    return {
        "schema": "condenset.evaluate/2",
        "exam": "dsa2021",
        "exam_version": 1,
        "exam_hash": "0123456789abcdef",
        "selection": "last",
        "metrics": metrics(ACCURACY),
        "conversion": "",
        "rows": [
            row("distilled", [0.826, 0.831, 0.829, 0.833, 0.828], 314400, 11.2),
            row("random", [0.731, 0.752, 0.724, 0.744, 0.742], 314400, 11.1),
            row("herding", [0.711, 0.713, 0.709, 0.716, 0.712], 314400, 11.3),
            row("k-means", [0.801, 0.805, 0.799, 0.802, 0.806], 314400, 11.2),
            row("full", [0.921, 0.922, 0.923, 0.922, 0.921], 188640000, 340.5),
        ],
    }


def card(**changes: Any) -> dict[str, Any]:
    """card.json of a set of 10 images per class; its budget is what its tensors take, where no other is given."""
    stored = changes.get("tensors", tensors(100))
    return {
        "schema": "condenset/2",
        "task": {
            "name": "fashion-mnist",
            "modality": "image",
            "input_spec": {"shape": [1, 28, 28], "dtype": "float32", "meaning": "grid"},
            "target": {"kind": "classification", "classes": CLASSES},
            "groups": CLASSES,
            "preprocessing": {"size": [28, 28]},
            "fingerprint": {"rows": 60000, "sha256": "ab" * 32},
            "source": {"source": "fashion-mnist"},
        },
        "codec": {"name": "raw", "fields": {}},
        "labels": {"kind": "hard"},
        "contract": {"exam": "dsa2021", "batches": "shuffled", "epochs": None, "notes": {}},
        "budget": {"data": sum(cost("codec/", stored)), "labels": sum(cost("labels/", stored)), "extras": 0},
        "recipe": {"method": "dm", "seed": 0, "steps": 300, "size": {"per_class": 10}, "changes": {}},
        "versions": {"python": "3.11.7", "condenset": "0.1.0", "torch": "2.6.0"},
        "assets": [],
        "evaluations": [evaluation()],
        "audits": [],
        "data": "data.safetensors",
        "tensors": tensors(100),
        "sha256": "cd" * 32,
    } | changes


def tensors(items: int) -> list[dict[str, Any]]:
    """What the card lists of images with hard labels."""
    return [
        {"name": "codec/data", "shape": [items, 1, 28, 28], "dtype": "float32"},
        {"name": "groups", "shape": [items], "dtype": "int64"},
        {"name": "labels/indices", "shape": [items], "dtype": "int64"},
    ]


def cost(prefix: str, stored: list[dict[str, Any]]) -> list[int]:
    """Bytes of the tensors whose names begin so."""
    return [math.prod(t["shape"]) * np.dtype(t["dtype"]).itemsize for t in stored if t["name"].startswith(prefix)]


def older_card() -> dict[str, Any]:
    """The same card in the first schema."""
    found, graded = card(schema="condenset/1"), evaluation()
    task = {name: value for name, value in found["task"].items() if name not in ("input_spec", "groups")}
    scale = {"metric": "accuracy", "higher_is_better": True}
    task |= {"input_shape": [1, 28, 28], "target": task["target"] | scale}
    rows = [{name: row[name] for name in row if name not in ("sets", "metrics")} for row in graded.pop("rows")]
    del graded["metrics"]
    del found["assets"]
    return found | {"task": task, "evaluations": [graded | scale | {"schema": "condenset.evaluate/1", "rows": rows}]}


def log(steps: int = 300) -> list[dict[str, Any]]:
    """A noisy loss that falls over two decades."""
    noise = np.random.default_rng(0).lognormal(0.0, 0.2, steps)
    return [
        {"step": s + 1, "terms": {"mean-embedding": float(50 * noise[s] / (1 + s / 3))}, "seconds": 0.25}
        for s in range(steps)
    ]


def write_run(folder: Path, without: tuple[str, ...] = (), **changes: Any) -> Path:
    """Writes a run folder but for the files left out, with fields of its card changed."""
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(json.dumps(card(**changes)), encoding="utf8")
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log()), encoding="utf8")
    (folder / "run.toml").write_text('method = "dm"  # <b>not bold</b>\nper_class = 10\n', encoding="utf8")
    (folder / "recipe.toml").write_text('[recipe]\n"objective.per_group" = 128\n', encoding="utf8")
    for number, picture in enumerate(("start.png", "preview.png")):
        pixels = np.random.default_rng(number).integers(0, 255, (10, 10), dtype=np.uint8)
        Image.fromarray(pixels).resize((640, 640), Image.Resampling.NEAREST).save(folder / picture)
    for left_out in without:
        (folder / left_out).unlink()
    return folder
