"""What a saved set takes on disk, beside its data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from condenset.artifact import save
from condenset.artifact.card import read_card
from condenset.artifact.noting import add_audit, add_evaluation
from condenset.artifact.sizes import saved_sizes
from condenset.synthetic import SyntheticSet
from condenset.tasks.footprint import Footprint
from condenset.tasks.task import Task
from tests.artifact.conftest import RECIPE
from tests.artifact.test_card import evaluation, own


def test_a_set_takes_its_tensors_and_its_card(saved: Path) -> None:
    sizes = saved_sizes(saved)
    on_disk = sum((saved / name).stat().st_size for name in ("data.safetensors", "card.json"))
    assert (sizes.items, sizes.tensors, sizes.disk, sizes.examples) == (6, 4608 + 72 + 4, on_disk, 24)
    assert (
        f"- On disk: {on_disk:,} bytes, the tensors, what decodes them and card.json\n"
        in (saved / "README.md").read_text()
    )


def test_results_noted_in_the_card_make_no_set_larger(saved: Path) -> None:
    before = saved_sizes(saved)
    add_audit(saved, {"check": "of another tool", "note": "x" * 1000})
    add_evaluation(saved, evaluation(own(saved)))
    assert saved_sizes(saved) == before
    assert f"- On disk: {before.disk:,} bytes" in (saved / "README.md").read_text()


def test_the_files_of_the_data_stand_beside_it(synthetic: SyntheticSet, task: Task, tmp_path: Path) -> None:
    known = replace(task, footprint=Footprint(20_300, 193))
    folder = save(synthetic, known, tmp_path / "known", RECIPE)
    assert read_card(folder).task.footprint == Footprint(20_300, 193)
    assert saved_sizes(folder).record()["data"] == {"items": 24, "disk": 20_300}
    assert "; the 24 training examples: 20,300 bytes" in (folder / "README.md").read_text()


def test_a_card_alone_says_no_size_on_disk(saved: Path) -> None:
    (saved / "data.safetensors").unlink()
    assert saved_sizes(saved).record()["set"] == {"items": 6, "tensors": 4684, "disk": None}


def test_a_card_from_before_has_no_files() -> None:
    old = Path(__file__).parent / "old" / "digits-raw-hard"
    sizes = saved_sizes(old)
    assert sizes.files is None and sizes.disk is not None and sizes.disk > sizes.tensors
