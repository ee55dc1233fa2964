"""Opening interactions by name, by path and from memory."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.interactions import MODALITY, interactions_from_frame, open_interactions
from condenset.tasks.interactions.loading import recognise
from tests.tasks.interactions import example


def test_a_csv_of_ones_own_is_told_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    example.frame().to_csv(path, index=False)
    assert modality_of(path) is MODALITY
    task = open_task(path)
    assert (task.name, task.modality.items, task.target.outputs) == ("shop", "users", example.ITEMS)
    assert task.target.items == tuple(f"i{number:02d}" for number in range(example.ITEMS))
    assert task.offers == set(MODALITY.offers)
    example.frame().assign(age=30).to_csv(tmp_path / "table.csv", index=False)
    assert modality_of(tmp_path / "table.csv").name == "tabular"


def test_recognised_paths(tmp_path: Path) -> None:
    headers = {
        "a.csv": "userId,movieId,rating,timestamp\n",
        "b.tsv": "item_id\tUSER_ID\n",
        "c.csv": "user;item;split\n",
        "d.csv": "user,item,price\n",
        "e.csv": "user,rating\n",
        "f.txt": "user,item\n",
        "g.csv": "",
    }
    for name, text in headers.items():
        (tmp_path / name).write_text(text, encoding="utf8")
    (tmp_path / "h.csv").write_bytes(b"\xff\xfeuser,item")
    found = [name for name in (*headers, "h.csv", "absent.csv") if recognise(tmp_path / name)]
    assert found == ["a.csv", "b.tsv", "c.csv"]
    assert not recognise(tmp_path)


def test_rows_are_trained_on_context_is_seen_and_the_rest_is_wanted() -> None:
    rows = [
        *[("u1", "b", "train"), ("u1", "c", "val"), ("u1", "a", "test")],
        *[("u2", "c", "train"), ("u2", "c", "train"), ("u2", "a", "0")],
        *[("u3", "a", "test"), ("u4", "d", "-1")],
    ]
    task = interactions_from_frame(pd.DataFrame(rows, columns=["user", "item", "split"]))
    assert task.target.items == ("a", "b", "c"), "what is left out is no item"
    train, validation, test = task.train.all(), task.validation, task.held_out()
    assert train.inputs.tolist() == train.targets.tolist() == [[0, 1, 0], [1, 0, 1]]
    assert validation is not None and validation.inputs.tolist() == [[0, 1, 0]]
    assert validation.targets["wanted"].tolist() == [[False, False, True]]
    assert test.inputs.tolist() == [[0, 1, 1], [0, 0, 0]], "u3 is asked about without any context"
    assert test.targets["seen"].tolist() == [[False, True, True], [False, False, False]]
    assert test.targets["wanted"].tolist() == [[True, False, False], [True, False, False]]
    assert task.preprocessing["split"] == "given"


def test_the_source_opens_the_same_task(tmp_path: Path) -> None:
    example.frame().to_csv(tmp_path / "shop.csv", index=False)
    options = ({"seed": 3, "test_fraction": 0.2}, {"held_out": "latest"}, {"least_rating": 2.0})
    opened = [open_interactions(tmp_path / "shop.csv", **given) for given in options]
    for task in opened:
        again = MODALITY.open(**json.loads(json.dumps(task.source)))
        assert torch.equal(again.train.all().inputs, task.train.all().inputs)
        assert torch.equal(again.held_out().targets["wanted"], task.held_out().targets["wanted"])
        assert (again.fingerprint, again.preprocessing) == (task.fingerprint, task.preprocessing)
    assert not torch.equal(opened[0].held_out().inputs, opened[1].held_out().inputs)


def test_no_item_is_both_shown_and_asked_for_where_we_split() -> None:
    frame = pd.concat([example.frame(), example.frame()[::2]])
    task = interactions_from_frame(frame)
    for batch in (task.validation, task.held_out()):
        assert batch is not None
        assert not (batch.targets["seen"] & batch.targets["wanted"]).any()
    assert task.train.all().inputs.unique().tolist() == [0, 1]


def test_names_that_look_like_numbers_or_gaps_are_kept(tmp_path: Path) -> None:
    text = "user,item\n" + "".join(f"{user},{item}\n" for user in ("007", "7", "NA") for item in ("null", "010", "10"))
    (tmp_path / "t.csv").write_text(text, encoding="utf8")
    task = open_interactions(tmp_path / "t.csv")
    assert task.target.items == ("010", "10", "null") and len(task.train) == 3


def test_low_ratings_are_left_out(tmp_path: Path) -> None:
    frame = example.frame()
    frame.to_csv(tmp_path / "shop.csv", index=False)
    task = open_interactions(tmp_path / "shop.csv", least_rating=4.0)
    kept = frame[frame["rating"] >= 4].groupby("user")["item"].size()
    assert task.preprocessing["users"] == (kept >= 3).sum()
    assert task.preprocessing["users left out"] == (kept < 3).sum() > 0


BAD = {
    "an absent column": ({"user": ["a"], "thing": ["b"]}, "no column item among 'user', 'thing'"),
    "a column twice": ({"user": ["a"], "userId": ["a"], "item": ["b"]}, "more than one column for user"),
    "no rows": ({"user": [], "item": []}, "0 rows"),
    "a missing user": ({"user": ["a", None], "item": ["b", "c"]}, "user is missing in 1 of 2 rows"),
    "an unknown split": ({"user": ["a"], "item": ["b"], "split": ["later"]}, "train, validation or test, got 'later'"),
    "few items": ({"user": ["a", "a", "b"], "item": ["x", "y", "x"]}, "no user has 3 items, the most is 2"),
    "one item": ({"user": ["a"] * 2, "item": ["x"] * 2, "split": ["train", "test"]}, "has 1 item"),
    "no training": ({"user": ["a", "a"], "item": ["x", "y"], "split": ["test"] * 2}, "no row of the split train"),
}


@pytest.mark.parametrize(("columns", "message"), BAD.values(), ids=BAD.keys())
def test_data_that_cannot_be_used_say_why(columns: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        interactions_from_frame(pd.DataFrame(columns))


def test_without_a_test_part_there_is_nothing_to_grade_by() -> None:
    task = interactions_from_frame(pd.DataFrame({"user": ["a", "b"], "item": ["x", "y"], "split": ["train"] * 2}))
    assert task.validation is None
    with pytest.raises(DataError, match="no row of the split test"):
        task.held_out()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test_fraction": 0.5}, "test-fraction 0.5"),
        ({"test_fraction": 0.0}, "test-fraction 0"),
        ({"held_out": "latest"}, "no column time"),
        ({"least_rating": 3.0}, "no column rating"),
    ],
)
def test_options_that_do_not_fit_say_why(options: dict, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        interactions_from_frame(example.frame()[["user", "item"]], **options)


def test_a_split_of_the_data_is_not_split_again() -> None:
    with pytest.raises(RequestError, match="defines its own split"):
        interactions_from_frame(example.frame().assign(split="train"), held_out="latest")


def test_ratings_and_times_must_be_such() -> None:
    with pytest.raises(DataError, match=r"rating is no number in 1 of"):
        interactions_from_frame(_with("rating", "good"), least_rating=2.0)
    with pytest.raises(DataError, match="no rating is 9 or higher, the highest is 5"):
        interactions_from_frame(example.frame(), least_rating=9.0)
    with pytest.raises(DataError, match=r"time of 1 of .* neither a number nor a date"):
        interactions_from_frame(_with("time", "once"), held_out="latest")


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file"):
        open_interactions("nowhere/shop.csv")
    with pytest.raises(UnknownNameError, match="did you mean 'magazine'"):
        open_interactions("magazin")
    (tmp_path / "empty.csv").write_bytes(b" \n")
    with pytest.raises(DataError, match="is empty"):
        open_interactions(tmp_path / "empty.csv")
    (tmp_path / "bytes.csv").write_bytes(b"user,item\n\xff\xfe,1\n")
    with pytest.raises(DataError, match="cannot be read"):
        open_interactions(tmp_path / "bytes.csv")


def test_more_than_memory_holds_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("condenset.tasks.interactions.assembly.half_of_memory", lambda: 1000)
    with pytest.raises(DataError, match=r"59 users and 14 items, .* about 9,912 bytes"):
        example.task()


def _with(column: str, value: str) -> pd.DataFrame:
    frame = example.frame().astype({column: object})
    frame.loc[3, column] = value
    return frame


def test_vectors_are_the_rows_themselves() -> None:
    inputs = example.task().train.all().inputs
    assert MODALITY.represent(inputs) is inputs
    assert np.array_equal(inputs.sum(1) > 0, np.ones(len(inputs)))
