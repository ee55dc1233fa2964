"""Where Planetoid's files are found, what is downloaded, and that a known network is the released one."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.graph import planetoid_files
from condenset.tasks.graph.planetoid import read_raw
from condenset.tasks.graph.planetoid_files import NAMES, locate
from tests.conftest import data_file
from tests.tasks.graph.test_planetoid import write_raw


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a network "tiny" is downloaded from, whose files are the released ones."""
    folder = tmp_path / "origin"
    write_raw(folder)
    (folder / "ind.tiny.y").write_bytes(b"labels that are in ally, too")
    sha256 = {file.name.split(".", 2)[2]: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    monkeypatch.delenv("CONDENSET_DATA", raising=False)
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(planetoid_files, "NAMES", ("tiny",))
    monkeypatch.setattr(planetoid_files, "_SHA256", {"tiny": sha256})
    monkeypatch.setattr(planetoid_files, "_ORIGIN", folder.as_uri())
    return folder


def test_without_local_files_it_is_downloaded_into_the_cache_once(released: Path, tmp_path: Path) -> None:
    network = locate("tiny")
    assert network is not None and len(read_raw(network).labels) == 7
    assert sorted(file.name for file in network.there()) == sorted(file.name for file in released.iterdir())
    assert network.folder == tmp_path / "cache" / "planetoid" / "tiny" / "raw"
    shutil.rmtree(released)
    assert locate("tiny") == network


def test_a_download_that_was_altered_is_not_kept(released: Path, tmp_path: Path) -> None:
    (released / "ind.tiny.graph").write_bytes(b"c__builtin__\nlist\n.")
    with pytest.raises(DataError, match=r"ind\.tiny\.graph is not the file of tiny that was released"):
        locate("tiny")
    assert not list(tmp_path.rglob("cache/**/*graph*"))


def test_a_prepared_cache_is_refused(released: Path, tmp_path: Path) -> None:
    """As torch_geometric keeps it, whose files of a known name were believed."""
    prepared = tmp_path / "cache" / "planetoid" / "tiny" / "raw"
    shutil.copytree(released, prepared)
    (prepared / "ind.tiny.tx").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    network = locate("tiny")
    assert network is not None
    with pytest.raises(DataError, match=r"ind\.tiny\.tx is not the file of tiny .* remove it and fetch it again"):
        read_raw(network)


def test_what_cannot_be_downloaded_says_where_to_put_it(released: Path) -> None:
    shutil.rmtree(released)
    with pytest.raises(DataError, match="put its eight raw files into planetoid/tiny/raw below the folder"):
        locate("tiny")


@pytest.mark.real_data("planetoid/cora/raw")
def test_the_files_of_cora_are_the_released_ones() -> None:
    network = locate("cora")
    assert network is not None and network.folder == data_file("planetoid/cora/raw")
    assert len(network.there()) == len([network.read(part) for part in network.sha256]) == 8


def test_known_networks_have_hashes() -> None:
    assert NAMES == ("cora", "citeseer", "pubmed")


@pytest.mark.parametrize("below", ["", "raw"])
def test_a_folder_of_the_files_is_opened_by_its_path(tmp_path: Path, below: str) -> None:
    write_raw(tmp_path / "mine" / below)
    assert modality_of(tmp_path / "mine").name == "graph"
    task = open_task(tmp_path / "mine")
    assert (task.name, len(task.train), task.train.present()) == ("tiny", 2, 7)
    files = sum(file.stat().st_size for file in (tmp_path / "mine").rglob("ind.tiny.*"))
    assert task.footprint.files == files
    assert task.footprint.example == 3 * 4 + 1  # less than the share of files as small as these


def test_two_networks_in_a_folder_are_told_apart(tmp_path: Path) -> None:
    write_raw(tmp_path)
    shutil.copyfile(tmp_path / "ind.tiny.x", tmp_path / "ind.other.x")
    with pytest.raises(DataError, match="holds the networks other, tiny: give each a folder of its own"):
        open_task(tmp_path)
