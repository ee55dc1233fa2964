"""Opening texts: what files are taken for, splits, what the test never gets into, and errors that say what to do."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import condenset
from condenset.core.budget import Size
from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.text import open_text, text_from_object
from tests.tasks.text import example


@pytest.mark.parametrize("name", ["own.csv", "own.tsv", "own.jsonl", "own.parquet"])
def test_a_file_of_any_kind_is_the_same_task(name: str, tmp_path: Path) -> None:
    task = open_task(str(example.written(example.frame(), tmp_path, name)))
    assert task.modality.name == "text"
    assert task.target.classes == ("bad", "good")
    assert len(task.train) == 96 and len(task.held_out()) == 24
    assert task.train.counts().tolist() == [48, 48]
    assert set(task.train.batch.inputs.strings()) <= set(example.reviews()[0])
    said = str(task.recognised)
    assert "sentiment, for its name" in said and "review" in said and "24 texts, 20% of the data" in said
    again = open_task(**task.source)
    assert torch.equal(again.train.batch.inputs.vector, task.train.batch.inputs.vector)
    assert again.fingerprint == task.fingerprint


def test_a_folder_of_splits_and_a_second_file(tmp_path: Path) -> None:
    train, test = example.frame(80), example.frame(40)
    example.written(train, tmp_path, "train.parquet")
    example.written(test, tmp_path, "test.parquet")
    assert len(open_task(str(tmp_path)).held_out()) == 40
    own, other = example.written(train, tmp_path), example.written(test, tmp_path, "more.csv")
    task = open_text(own, test_path=other)
    assert len(task.train) == 80 and task.held_out().inputs.strings() == example.reviews(40)[0]


def test_objects_are_opened_unasked_and_frames_of_categories_stay_tables() -> None:
    texts, labels = example.reviews()
    for thing in ((texts, labels), (np.array(texts), np.array(labels)), example.frame()):
        assert open_task(thing).modality.name == "text"
    short = pd.DataFrame({"colour": ["deep red", "pale blue"] * 20, "label": [0, 1] * 20})
    assert open_task(short).modality.name == "tabular"
    assert open_task(example.frame(), task="tabular").modality.name == "tabular"


def test_a_table_with_a_note_in_it_stays_a_table_unless_it_is_asked_for(tmp_path: Path) -> None:
    table = example.frame().assign(a=range(120), b=range(120), c=1.5)
    path = example.written(table, tmp_path)
    assert modality_of(path).name == "tabular"
    task = open_task(str(path), task="text")
    assert task.modality.name == "text" and set(task.recognised.dropped) == {"a", "b", "c"}


def test_columns_are_chosen_and_joined(tmp_path: Path) -> None:
    table = example.frame().assign(title="A note", stars=[1, 5] * 60)
    path = example.written(table, tmp_path)
    task = open_text(path, text_column=("title", "review"), target="stars")
    assert all(text.startswith("A note ") for text in task.train.batch.inputs.strings())
    assert task.target.classes == ("1", "5")
    with pytest.raises(UnknownNameError, match="review"):
        open_text(path, text_column=("reviw",))
    with pytest.raises(RequestError, match="text and label at once"):
        open_text(path, text_column=("review",), target="review")


def test_nothing_of_the_test_texts_gets_into_what_is_trained_on(tmp_path: Path) -> None:
    train = example.written(example.frame(80), tmp_path)
    clean = example.written(example.frame(40), tmp_path, "clean.csv")
    poison = example.frame(40).assign(
        review=[f"poison{i} never seen words of any training text {i}" for i in range(40)]
    )
    first, second = (
        open_text(train, test_path=path) for path in (clean, example.written(poison, tmp_path, "poison.csv"))
    )
    for one, other in zip(
        *(torch.utils._pytree.tree_leaves(t.train.batch.inputs) for t in (first, second)), strict=True
    ):
        assert torch.equal(one, other)
    assert first.preprocessing == second.preprocessing
    unseen = second.held_out().inputs
    assert set(unseen.words[unseen.words > 0].tolist()) - {1} <= set(range(2, 60))


def test_the_labels_change_no_vector() -> None:
    texts, labels = example.reviews()
    other = text_from_object((texts, labels[::-1]), test_fraction=0.0)
    assert torch.equal(other.train.batch.inputs.vector, example.task(test_fraction=0.0).train.batch.inputs.vector)


def test_a_long_text_is_cut_after_a_whole_word_and_that_is_said() -> None:
    texts, labels = example.reviews(40)
    texts[3] = "word " * 300
    with pytest.warns(UserWarning, match="1 of 40 training texts are longer than 100 bytes"):
        task = text_from_object((texts, labels), text_bytes=100, test_fraction=0.0)
    assert task.input_spec.native <= 100 and task.recognised.doubts
    assert task.train.batch.inputs.strings()[3] == "word " * 19 + "word"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        example.task()


WRONG = [
    (lambda t: t.assign(review=["", *t["review"][1:]]), "1 of 120 texts of own.csv are empty, the first in row 1"),
    (lambda t: t.assign(sentiment=[None, *t["sentiment"][1:]]), "is missing in 1 of 120 rows, the first is row 1"),
    (lambda t: t.assign(sentiment="good"), "constant"),
    (lambda t: t.assign(review="one text that is the same in every single row"), "are alike"),
    (lambda t: t.assign(sentiment=np.linspace(0.5, 2, 120)), "numbers with a fraction"),
    (lambda t: t.rename(columns={"sentiment": "what"}).assign(other="x"), "does not say which of 'what', 'other'"),
    (lambda t: t.assign(review="!"), "alike"),
    (lambda t: t.assign(review="..."), "no words"),
]


@pytest.mark.parametrize(("spoil", "message"), WRONG)
def test_data_that_cannot_be_used_say_why(spoil, message: str, tmp_path: Path) -> None:
    path = example.written(spoil(example.frame()), tmp_path)
    with pytest.raises(DataError, match=message):
        open_text(path, text_column=("review",))


def test_no_column_of_texts_is_an_error_that_shows_the_columns(tmp_path: Path) -> None:
    path = example.written(pd.DataFrame({"colour": ["red", "blue"] * 20, "label": [0, 1] * 20}), tmp_path)
    with pytest.raises(DataError, match=r"no column of texts.*'colour' \(1.0 words, 2 of 40 differ\).*--text-column"):
        open_text(path)


def test_a_class_that_only_the_test_has_is_an_error(tmp_path: Path) -> None:
    train = example.written(example.frame(80), tmp_path)
    test = example.written(example.frame(40).assign(sentiment="odd"), tmp_path, "test.csv")
    with pytest.raises(DataError, match=r"classes \['odd'\] in the test rows that no training row has"):
        open_text(train, test_path=test)


@pytest.mark.parametrize("options", [{"text_bytes": 0}, {"test_fraction": 1.0}])
def test_impossible_numbers(options: dict[str, float]) -> None:
    with pytest.raises(RequestError, match="impossible"):
        example.task(**options)


def test_other_wrong_requests(tmp_path: Path) -> None:
    texts, labels = example.reviews(40)
    with pytest.raises(RequestError, match="40 texts and 39 labels"):
        text_from_object((texts, labels[1:]))
    with pytest.raises(RequestError, match="has no columns"):
        text_from_object((texts, labels), target="sentiment")
    with pytest.raises(DataError, match="no file"):
        open_text(tmp_path / "none.jsonl")
    with pytest.raises(RequestError, match="sst2"):
        open_text("sst3")
    with pytest.raises(DataError, match="no test texts"):
        example.task(test_fraction=0.0).held_out()


def test_a_set_teaches_more_than_random_texts_of_its_size() -> None:
    """With a margin: what is chosen with soft labels, against random texts, two of each class."""
    task = example.task(400)
    synthetic = condenset.distill(task, "coreset-search", size=Size(per_class=2))
    evaluation = condenset.evaluate(synthetic, networks=("logistic",), baselines=("random",), repeats=3)
    assert evaluation.average("distilled") > evaluation.average("random") + 0.1
