"""README.md is a dataset card that the Hub can read."""

from __future__ import annotations

from pathlib import Path

import yaml


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
    assert "`mtt2022`; batches: shuffled; epochs: 7" in body
