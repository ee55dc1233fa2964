"""Reading a run folder: what the page takes from it, and what it refuses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure

from condenset.artifact.tensor_file import encode
from condenset.core.errors import ArtifactError
from condenset.core.metric import ACCURACY
from condenset.report.records import read_run
from tests.report.conftest import ERROR, card, evaluation, log, metrics, row, tensors, write_run


def test_a_whole_folder_is_read(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    assert (run.rows, run.card.task.fingerprint.sha256) == (60000, "ab" * 32)
    assert run.card.budget.total == 314400
    assert [row.name for row in run.gradings[0].rows] == ["distilled", "random", "herding", "k-means", "full"]
    assert run.learnt is not None and (run.learnt.width, run.learnt.height) == (640, 640)
    assert run.seconds == pytest.approx(300 * 0.25)
    assert run.paper["arxiv"] == "2110.04181"


def test_a_picture_says_whether_it_is_a_drawing_on_paper(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    Figure(figsize=(3, 2), dpi=100).savefig(folder / "preview.png")
    run = read_run(folder)
    assert run.start is not None and not run.start.paper
    assert run.learnt is not None and (run.learnt.width, run.learnt.height, run.learnt.paper) == (300, 200, True)


def test_seconds_of_a_thinned_log_count_every_step(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log()[9::10]))
    assert read_run(folder).seconds == pytest.approx(300 * 0.25)


@pytest.mark.parametrize("size", [{"per_class": 10}, {"items": 25}, {"ratio": 0.001}, {"bytes": 999}, {}])
def test_items_are_those_that_are_stored_whatever_the_budget_asked(tmp_path: Path, size: dict[str, float]) -> None:
    recipe = {"method": "dm", "size": size}
    assert read_run(write_run(tmp_path / "run", recipe=recipe, tensors=tensors(7))).card.items == 7


@pytest.mark.parametrize("shape", [[], [7, 1], [10**4000, 10**4000]])
def test_items_are_not_guessed(tmp_path: Path, shape: list[int]) -> None:
    listed = [{"name": "groups", "shape": shape, "dtype": "int64"}]
    assert read_run(write_run(tmp_path / "run", tensors=listed)).card.items == 0
    assert read_run(write_run(tmp_path / "none", tensors=tensors(7)[:1])).card.items == 0


def test_a_card_that_says_little_of_how_the_set_was_made_is_read(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run", recipe={}, task=card()["task"] | {"fingerprint": {}}))
    assert (run.method, run.rows, run.card.facts.seed, run.paper) == ("unknown", 0, None, {})


def test_a_folder_without_a_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"empty holds no card\.json: give the folder"):
        read_run(tmp_path / "empty")


OWN = row("distilled", [0.6], 9, 1.0)


def of_task(**changes: object) -> dict[str, Any]:
    return card(task=card()["task"] | changes)


def graded(**changes: object) -> dict[str, Any]:
    return card(evaluations=[evaluation() | changes])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("card.json", b"{", "not well-formed JSON"),
        ("card.json", b"[" * 100000, "not well-formed JSON"),
        ("card.json", b"[]", "schema None"),
        ("card.json", json.dumps(card(schema="condenset/3")).encode(), "schema 'condenset/3'.*newer condenset"),
        ("card.json", json.dumps(card(schema="condenset/1")).encode(), "'condenset/1' and cannot be brought forward"),
        ("card.json", json.dumps(card(budget={"data": "many"})).encode(), "budget.data"),
        ("card.json", json.dumps(card()).replace("313600", "1e999").encode(), "1e999 is no JSON number"),
        ("card.json", json.dumps(card()).replace("0.826", "1e999").encode(), "is no JSON number"),
        ("card.json", re.sub(r"0\.826\d*", "1e308", json.dumps(card())).encode(), "1e.308 is too large"),
        (
            "card.json",
            json.dumps(card(budget={"data": 10**400, "labels": 0, "extras": 0})).encode(),
            "data=313600",
        ),
        ("card.json", json.dumps(card(budget={"data": 1, "labels": 0, "extras": 0})).encode(), "data=1, .*data=313600"),
        ("card.json", json.dumps(card(tensors=tensors(10**18))).encode(), "no number of bytes"),
        ("card.json", json.dumps(of_task(footprint={"files": 0})).encode(), "no number of bytes"),
        ("card.json", json.dumps(graded(rows=[row("distilled", [99.9], 9, 1.0)])).encode(), "scores 99.9 of accuracy"),
        (
            "card.json",
            json.dumps(graded(rows=[OWN | {"mean": 0.999}])).encode(),
            "says mean 0.999, its scores give 0.6",
        ),
        ("card.json", json.dumps(graded(rows=[OWN | {"sets": True}])).encode(), "True is no int"),
        ("card.json", json.dumps(graded(rows=[OWN | {"best": 1}])).encode(), "extra fields.*best"),
        ("card.json", json.dumps(graded(colour="red")).encode(), "extra fields.*colour"),
        ("card.json", json.dumps(card(recipe={"size": "large"})).encode(), r"card\.recipe\.size"),
        ("card.json", json.dumps(card(recipe={"seed": "x"})).encode(), r"card\.recipe\.seed"),
        (
            "card.json",
            json.dumps(of_task(fingerprint={"rows": "all"})).encode(),
            r"card\.task\.fingerprint\.rows",
        ),
        ("card.json", json.dumps(of_task(fingerprint={"rows": 1e999})).encode(), "Infinity is no JSON number"),
        ("card.json", json.dumps(of_task(input_spec=[[{"shape": [1]}]])).encode(), r"input_spec"),
        ("card.json", json.dumps(graded(metrics=[])).encode(), r"a metric at least.*evaluations\[0\]"),
        ("card.json", json.dumps(graded(metrics=[{"name": "r2", "unit": "miles"}])).encode(), "miles"),
        ("card.json", json.dumps(graded(metrics="accuracy")).encode(), r"evaluations\[0\]\.metrics"),
        ("card.json", json.dumps(graded(rows=[{"name": "distilled"}])).encode(), r"evaluations\[0\]\.rows"),
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


@pytest.mark.parametrize("name", ["run.toml", "card.json", "log.jsonl", "preview.png"])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_followed_into_the_page(tmp_path: Path, name: str, there: bool) -> None:
    folder = write_run(tmp_path / "run")
    (folder / name).rename(tmp_path / "secret")
    (folder / name).symlink_to(tmp_path / ("secret" if there else "nothing"))
    with pytest.raises(ArtifactError, match="symbolic link"):
        read_run(folder)


def test_a_last_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    with (folder / "log.jsonl").open("a") as file:
        file.write('{"step": 301, "ter')
    assert len(read_run(folder).log) == 300


def under(exam: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return evaluation() | {"exam": exam, "exam_hash": exam * 3, "rows": list(rows)}


def test_evaluations_under_one_exam_are_one_grading_with_the_latest_rows(tmp_path: Path) -> None:
    evaluations = [
        under("paper", row("distilled", [0.1], 9, 1.0), row("random", [0.2], 9, 1.0)),
        under("paper", row("distilled", [0.3], 9, 1.0), row("distilled", [0.4], 9, 1.0, "mlp")),
    ]
    (found,) = read_run(write_run(tmp_path / "run", evaluations=evaluations)).gradings
    assert [(r.name, r.network, r.mean) for r in found.rows] == [
        ("distilled", "convnet", 0.3),
        ("random", "convnet", 0.2),
        ("distilled", "mlp", 0.4),
    ]


def test_the_exam_of_the_data_comes_first_then_the_fullest_then_the_latest(tmp_path: Path) -> None:
    own = row("distilled", [0.3], 9, 1.0)
    evaluations = [under("image", own), under("old", own), under("full", own, row("random", [0.2], 9, 1.0))]
    run = read_run(write_run(tmp_path / "run", evaluations=[*evaluations, under("new", own)]))
    assert [grading.exam for grading in run.gradings] == ["image", "full", "new", "old"]
    assert run.grading is run.gradings[0]


def test_the_first_metric_ranks_and_the_others_are_kept(tmp_path: Path) -> None:
    (found,) = read_run(write_run(tmp_path / "run", **only(metrics(ACCURACY, ERROR)))).gradings
    assert [metric.name for metric in found.metrics] == ["accuracy", "rmse"]
    assert found.metric.higher_is_better and not found.metrics[1].higher_is_better


def only(measured: list[dict[str, Any]]) -> dict[str, Any]:
    return {"evaluations": [evaluation() | {"metrics": measured}]}


def test_of_a_long_log_a_part_is_read_and_its_end(tmp_path: Path) -> None:
    folder, steps = write_run(tmp_path / "run"), 100_000
    line = json.dumps({"step": 123456, "terms": {"loss": 0.123456789, "other": 0.5}, "seconds": 0.25})
    with (folder / "log.jsonl").open("w") as file:
        file.writelines(line.replace("123456,", f"{step},") + "\n" for step in range(1, steps + 1))
    found = read_run(folder)
    assert len(found.log) < steps / 2 and (found.log[0].step, found.log[-1].step) == (1, steps)
    assert found.seconds == pytest.approx(steps * 0.25)


def test_a_line_without_end_and_a_pipe_are_not_read(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    (folder / "log.jsonl").write_text("[" * 100_000 + "\n")
    with pytest.raises(ArtifactError, match="has a line of 65,536 characters or more"):
        read_run(folder)
    (folder / "log.jsonl").unlink()
    os.mkfifo(folder / "log.jsonl")
    assert read_run(folder).log == ()


def test_tensors_that_are_not_those_of_the_card_are_refused(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    (folder / "data.safetensors").write_bytes(encode({"groups": torch.zeros(100, dtype=torch.int64)}))
    with pytest.raises(ArtifactError, match="they do not match"):
        read_run(folder)
