"""Texts from files, as they were written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.text.reading import read_texts
from tests.tasks.text import example


def test_blanks_and_lines_are_made_one_and_quotes_are_kept(tmp_path: Path) -> None:
    texts = ['He said "no", twice, and\nthen  left', "naïve, 猫 and all that is not ascii here"] * 20
    path = example.written(pd.DataFrame({"text": texts, "label": [0, 1] * 20}), tmp_path)
    raw = read_texts(path, ("text",), None, None)
    assert raw.train.texts[0] == 'He said "no", twice, and then left'
    assert raw.files == path.stat().st_size and raw.why == "for its name, since none was named"


@pytest.mark.parametrize(("content", "message"), [("", "is empty"), ("{nonsense", "an object in every line")])
def test_broken_lines_say_what_was_expected(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text(content)
    with pytest.raises(DataError, match=message):
        read_texts(tmp_path / "own.jsonl", (), None, None)


def test_a_second_file_has_the_same_columns(tmp_path: Path) -> None:
    train = example.written(example.frame(40), tmp_path)
    test = example.written(example.frame(40).rename(columns={"review": "text"}), tmp_path, "test.csv")
    with pytest.raises(DataError, match=r"test.csv lacks columns \['review'\]"):
        read_texts(train, (), None, test)


def test_a_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no Parquet files"):
        read_texts(tmp_path, (), None, None)
