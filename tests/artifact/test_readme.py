"""README.md is a dataset card that the Hub can read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from condenset.artifact import save
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def test_the_readme_is_a_dataset_card(saved: Path) -> None:
    _, front, body = (saved / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(front) == {
        "pretty_name": "made, distilled by dm",
        "license": "other",
        "license_name": "unknown",
        "task_categories": ["image-classification"],
        "size_categories": ["n<1K"],
        "tags": ["condenset", "dataset-distillation", "synthetic", "image"],
    }
    assert "A synthetic set of 6 items, distilled from 24 rows of made" in body
    assert "4,608 bytes of data, 72 of labels, 4 of extras" in body
    assert "Exam: mtt2022; batches: shuffled; epochs: 7" in body


def test_names_of_others_are_text_and_nothing_else(synthetic: SyntheticSet, task: Task, tmp_path: Path) -> None:
    classes = ("<img src=x onerror=alert(1)>", "[free](https://example.org)", "a\n# b\x1b[2J\u2028c")
    named = replace(task, name="made\u2028license: mit", target=replace(task.target, classes=classes))
    _, front, body = (save(synthetic, named, tmp_path / "set", {}) / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(front)["pretty_name"].startswith("made\\u2028license: mit, distilled")
    assert r"\<img src=x onerror=alert(1)\>, \[free\](https://example.org), a \# b\x1b\[2J c" in body.replace(
        "\\\\", "\\"
    )
    assert body.replace("\n", "").isprintable()
