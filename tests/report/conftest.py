"""Run folders made by hand, as `distill` and `evaluate` leave them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

HOSTILE = '<script>document.title="hacked"</script>'
CLASSES = ["T-shirt", "trouser", HOSTILE, "dress", "coat", "sandal", "shirt", "trainer", "bag", "boot"]


def row(name: str, scores: list[float], bytes_: int, train_s: float, network: str = "convnet") -> dict[str, Any]:
    """A row of an evaluation; the interval is two standard errors wide."""
    mean, std = float(np.mean(scores)), float(np.std(scores))
    half = 2 * std / max(1, len(scores) - 1) ** 0.5
    return {
        "name": name,
        "network": network,
        "mean": mean,
        "std": std,
        "ci95": [mean - half, mean + half],
        "repeats": len(scores),
        "scores": scores,
        "bytes": bytes_,
        "train_s": train_s,
    }


def evaluation() -> dict[str, Any]:
    """A graded set beside baselines; the distilled set is the best but for the full data."""
    return {
        "schema": "condenset.evaluate/1",
        "exam": "dsa2021",
        "exam_version": 1,
        "exam_hash": "0123456789abcdef",
        "selection": "last",
        "metric": "accuracy",
        "higher_is_better": True,
        "rows": [
            row("distilled", [0.826, 0.831, 0.829, 0.833, 0.828], 314400, 11.2),
            row("random", [0.731, 0.752, 0.724, 0.744, 0.742], 314400, 11.1),
            row("herding", [0.711, 0.713, 0.709, 0.716, 0.712], 314400, 11.3),
            row("k-means", [0.801, 0.805, 0.799, 0.802, 0.806], 314400, 11.2),
            row("full", [0.921, 0.922, 0.923, 0.922, 0.921], 188640000, 340.5),
        ],
    }


def card(**changes: Any) -> dict[str, Any]:
    """card.json of a set of 10 images per class."""
    return {
        "schema": "condenset/1",
        "task": {
            "name": "fashion-mnist",
            "modality": "image",
            "input_shape": [1, 28, 28],
            "target": {"kind": "classification", "classes": CLASSES, "metric": "accuracy", "higher_is_better": True},
            "preprocessing": {"size": [28, 28]},
            "fingerprint": {"rows": 60000, "sha256": "ab" * 32},
            "source": {"source": "fashion-mnist"},
        },
        "codec": {"name": "raw", "fields": {}},
        "labels": {"kind": "hard"},
        "contract": {"exam": "dsa2021", "batches": "shuffled", "epochs": None, "notes": {}},
        "budget": {"data": 313600, "labels": 800, "extras": 0},
        "recipe": {"method": "dm", "seed": 0, "steps": 300, "size": {"per_class": 10}, "changes": {}},
        "versions": {"python": "3.11.7", "condenset": "0.1.0", "torch": "2.6.0"},
        "evaluations": [evaluation()],
        "audits": [],
    } | changes


def log(steps: int = 300) -> list[dict[str, Any]]:
    """A noisy loss that falls over two decades."""
    noise = np.random.default_rng(0).lognormal(0.0, 0.2, steps)
    return [
        {"step": s + 1, "terms": {"mean-embedding": float(50 * noise[s] / (1 + s / 3))}, "seconds": 0.25}
        for s in range(steps)
    ]


def write_run(folder: Path, without: tuple[str, ...] = (), **changes: Any) -> Path:
    """Writes a run folder but for the files left out, with fields of its card changed."""
    folder.mkdir()
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
