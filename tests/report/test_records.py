"""Reading a run folder: what the page takes from it, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from condenset.core.errors import ArtifactError
from condenset.report.records import Grading, Score, read_run
from tests.report.conftest import card, log, write_run


def test_a_whole_folder_is_read(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    assert run.card.task.fingerprint.rows == 60000
    assert run.card.budget.total == 314400
    assert [row.name for row in run.card.evaluations[0].rows] == ["distilled", "random", "herding", "k-means", "full"]
    assert run.learnt is not None and (run.learnt.width, run.learnt.height) == (640, 640)
    assert run.seconds == pytest.approx(300 * 0.25)
    assert run.paper["arxiv"] == "2110.04181"


def test_seconds_of_a_thinned_log_count_every_step(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log()[9::10]))
    assert read_run(folder).seconds == pytest.approx(300 * 0.25)


@pytest.mark.parametrize(
    ("size", "items"), [({"per_class": 10}, 100), ({"items": 25}, 25), ({"ratio": 0.001}, 60), ({"bytes": 999}, None)]
)
def test_items_follow_the_budget(tmp_path: Path, size: dict[str, float], items: int | None) -> None:
    assert read_run(write_run(tmp_path / "run", recipe={"method": "dm", "size": size})).items == items


def test_items_are_counted_where_the_tensors_are_listed(tmp_path: Path) -> None:
    tensors = [{"name": "codec/data", "shape": [7, 1, 28, 28], "dtype": "float32"}, {"name": "groups", "shape": [7]}]
    assert read_run(write_run(tmp_path / "run", tensors=tensors)).items == 7


def test_a_folder_without_a_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"empty holds no card\.json: give the folder"):
        read_run(tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("card.json", b"{", "not well-formed JSON"),
        ("card.json", b"[" * 100000, "not well-formed JSON"),
        ("card.json", b"[]", "schema None"),
        ("card.json", json.dumps(card(schema="condenset/2")).encode(), "schema 'condenset/2'"),
        ("card.json", json.dumps(card(budget={"data": "many"})).encode(), "budget.data"),
        ("card.json", json.dumps(card(budget={"data": 1e999, "labels": 0, "extras": 0})).encode(), "budget.data"),
        ("preview.png", b"<svg onload='alert(1)'/>" * 9, "no PNG picture"),
        ("log.jsonl", b'{"step": "x"}\n', "step"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    folder = write_run(tmp_path / "run")
    (folder / name).write_bytes(content)
    with pytest.raises(ArtifactError, match=message) as caught:
        read_run(folder)
    assert str(folder / name) in str(caught.value)


def test_a_link_is_not_followed_into_the_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", without=("run.toml",))
    (tmp_path / "secret").write_text("key")
    (folder / "run.toml").symlink_to(tmp_path / "secret")
    with pytest.raises(ArtifactError, match="symbolic link"):
        read_run(folder)


def test_a_last_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    with (folder / "log.jsonl").open("a") as file:
        file.write('{"step": 301, "ter')
    assert len(read_run(folder).log) == 300


def test_the_best_row_is_per_network_and_never_the_full_data() -> None:
    def made(name: str, network: str, mean: float) -> Score:
        return Score(name, network, mean, 0.0, (mean, mean), 1, 1, 1.0)

    rows = (
        made("full", "mlp", 0.9),
        made("random", "mlp", 0.4),
        made("k-means", "mlp", 0.5),
        made("random", "gcn", 0.1),
    )
    assert Grading("fair", "accuracy", rows).best() == (rows[2], rows[3])
    assert Grading("fair", "error", rows, higher_is_better=False).best() == (rows[1], rows[3])
