"""The known graphs, checked against counts that were taken from the files by other means; and where they come from."""

from __future__ import annotations

import hashlib
import io
import urllib.request
from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.tasks.graphs import MODALITY, datasets, open_graphs
from condenset.tasks.graphs.datasets import known, known_file


def test_the_described_graphs_are_the_readable_ones() -> None:
    assert sorted(MODALITY.datasets) == list(known())


@pytest.mark.real_data("graphs/MUTAG.txt")
def test_mutag() -> None:
    task = open_graphs("mutag")
    assert task.target.classes == ("0", "2") and task.train.counts().tolist() == [51, 101]
    assert task.recognised.inputs.startswith("188 graphs of 10 to 28 nodes, 17.9 nodes and 19.8 edges on average")
    assert task.input_spec.shape == (7,)


@pytest.mark.slow
@pytest.mark.real_data("graphs/PROTEINS.txt")
def test_proteins() -> None:
    task = open_graphs("proteins")
    assert task.target.classes == ("0", "1") and len(task.train) + len(task.validation) + len(task.held_out()) == 1113
    assert "4 to 620 nodes, 39.1 nodes and 72.8 edges" in task.recognised.inputs
    assert "5 nodes without edges" in task.recognised.inputs


def test_a_file_that_is_not_there_is_downloaded_and_held_against_what_was_released(tmp_path: Path, monkeypatch) -> None:
    content = b"1\n1 0\n0 0\n"
    monkeypatch.delenv("CONDENSET_DATA", raising=False)
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", lambda address, timeout: io.BytesIO(content))
    with pytest.raises(DataError, match="not the file of mutag that was released"):
        known_file("mutag")
    monkeypatch.setitem(datasets._SHA256, "mutag", hashlib.sha256(content).hexdigest())
    assert known_file("mutag") == tmp_path / "graphs" / "MUTAG.txt" and known_file("mutag").read_bytes() == content


def test_a_download_that_failed_says_where_the_file_belongs(tmp_path: Path, monkeypatch) -> None:
    def fail(address: str, timeout: int) -> None:
        raise OSError("no network")

    monkeypatch.delenv("CONDENSET_DATA", raising=False)
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", fail)
    with pytest.raises(DataError, match=r"could not be downloaded \(no network\): put PROTEINS.txt"):
        known_file("proteins")


def test_an_altered_file_below_the_data_folder_is_refused(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "graphs").mkdir()
    (tmp_path / "graphs" / "MUTAG.txt").write_text("1\n1 0\n0 0\n")
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match="SHA-256"):
        known_file("mutag")
