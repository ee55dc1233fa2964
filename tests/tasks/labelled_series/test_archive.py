"""Known sets: found below CONDENSET_DATA or in an installed aeon, and as large as their papers say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.tasks.catalogue import open_task
from condenset.tasks.labelled_series.archive import NAMES, folder_of


def files(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / f"{folder.name}_TRAIN.ts").write_text("")
    return folder


def test_the_users_folder_comes_first_and_then_aeon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "aeon"
    packed = files(package / "datasets" / "data" / "GunPoint")
    (package / "__init__.py").write_text("raise ImportError('it is not imported')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "aeon", raising=False)
    monkeypatch.delenv("CONDENSET_DATA", raising=False)
    assert folder_of("GunPoint") == packed
    own = files(tmp_path / "data" / "ucr" / "GunPoint")
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path / "data"))
    assert folder_of("GunPoint") == own


def test_where_there_is_neither_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("condenset.tasks.labelled_series.archive.find_spec", lambda name: None)
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(
        DataError, match=r"no ucr/GunPoint/GunPoint_TRAIN.ts below CONDENSET_DATA=.*condenset\[series\]"
    ):
        open_task("GunPoint")
    monkeypatch.delenv("CONDENSET_DATA")
    with pytest.raises(DataError, match="which is not set"):
        open_task("GunPoint")


SIZES = {
    "ArrowHead": (36, 175, 3, (1, 251)),
    "BasicMotions": (40, 40, 4, (6, 100)),
    "GunPoint": (50, 150, 2, (1, 150)),
    "ItalyPowerDemand": (67, 1029, 2, (1, 24)),
    "JapaneseVowels": (270, 370, 9, (12, 26)),
    "OSULeaf": (200, 242, 6, (1, 427)),
}


@pytest.mark.real_data(*(f"ucr/{name}" for name in NAMES))
@pytest.mark.filterwarnings("ignore:.*are cut")
@pytest.mark.parametrize("name", NAMES)
def test_a_known_set_is_as_large_as_it_should_be(name: str) -> None:
    task = open_task(name)
    assert (len(task.train), len(task.held_out()), len(task.groups), task.input_spec.shape) == SIZES[name]
