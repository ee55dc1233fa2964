"""What a saved set takes on disk, beside its data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from condenset.artifact import save
from condenset.artifact.card import read_card, write_card
from condenset.artifact.saving import add_evaluation
from condenset.artifact.sizes import ledger_of, saved_sizes
from condenset.assets.asset import Asset
from condenset.core.ledger import Ledger
from condenset.distillation import as_stored, start_state
from condenset.recipe import Recipe
from condenset.starts.random import random
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.footprint import Footprint
from condenset.tasks.task import Task
from tests.artifact.conftest import RECIPE
from tests.artifact.test_card import evaluation, own
from tests.examples import digits


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
    audited = replace(read_card(saved), audits=({"check": "of another tool", "note": "x" * 1000},))
    (saved / "card.json").write_bytes(write_card(audited))
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
    record = saved_sizes(saved).record()["set"]
    assert {name: record[name] for name in ("items", "tensors", "disk")} == {"items": 6, "tensors": 4684, "disk": None}


def test_a_card_from_before_has_no_files() -> None:
    old = Path(__file__).parent / "old" / "digits-raw-hard"
    sizes = saved_sizes(old)
    assert sizes.files is None and sizes.disk is not None and sizes.disk > sizes.tensors


def test_the_ledger_counts_floats_and_bits_as_they_lie_in_the_file(saved: Path) -> None:
    ledger = Ledger(4608 // 4, 8 * 4608, 0, 8 * 72, 8 * 4, 0)
    assert saved_sizes(saved).ledger == ledger and ledger.bits == 8 * 4684
    assert saved_sizes(saved).record()["set"]["data_bits"] == 8 * 4608
    counted = "- As papers count: 1,152 floats; 36,864 bits of data; 37,472 bits with labels\n"
    assert counted in (saved / "README.md").read_text()


CODECS_OF_IMAGES = {
    "quantised:bits=3": (2, 20 * 24, 8),
    "palette:colours=4": (2, 20 * (16 + 4), 8),
    "bases:count=2,shrink=2,images=1": (20 * 2 + 2 * 16, 20 * 8, 2 * 16 * 4),
    "multi-formation:of=quantised,bits=8": (2, 20 * 64, 8),
    "jpeg:bits=4": (2, 20 * 32, 328 + 8),
}


@pytest.mark.parametrize("codec", CODECS_OF_IMAGES)
def test_what_items_share_is_told_apart(codec: str, tmp_path: Path) -> None:
    data = digits()
    recipe = Recipe(start=random, codec=codec, contract=Contract(exam="quick"))
    synthetic = as_stored(start_state(data, recipe, torch.full((10,), 2), 0), 0)
    ledger = saved_sizes(save(synthetic, data, tmp_path / "set", RECIPE)).ledger
    floats, own, shared = CODECS_OF_IMAGES[codec]
    assert ledger == Ledger(floats, 8 * (own + shared), 8 * shared, 8 * 20, 0, 0)
    tensors = load_file(tmp_path / "set" / "data.safetensors")
    assert sum(8 * t.nbytes for name, t in tensors.items() if name != "groups") == ledger.bits


def test_assets_lie_beside(synthetic: SyntheticSet, task: Task, tmp_path: Path) -> None:
    assets = [Asset(f"expert {number}", str(number) * 64, 1000, "any", "a test") for number in range(2)]
    folder = save(synthetic, task, tmp_path / "set", RECIPE, assets)
    assert saved_sizes(folder).ledger.asset_bytes == 2000


def test_a_codec_that_is_not_here_is_counted_without_what_items_share(saved: Path) -> None:
    card = read_card(saved)
    plugin = replace(card, codec=replace(card.codec, name="of-a-plugin"))
    assert ledger_of(plugin) == ledger_of(card)
