"""What is recognised as texts: quickly, from the first rows, and without raising."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from condenset.tasks.text.recognising import recognise, takes_texts
from tests.tasks.text import example


@pytest.mark.parametrize("name", ["own.csv", "own.tsv", "own.jsonl", "own.parquet"])
def test_files_of_texts_are(name: str, tmp_path: Path) -> None:
    assert recognise(example.written(example.frame(), tmp_path, name))
    table = pd.DataFrame({"colour": ["red", "blue"] * 20, "label": [0, 1] * 20})
    assert not recognise(example.written(table, tmp_path, f"table{name}"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b'{"text": ', b"a,b\n1,2,3\n", b"[1, 2]\n"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "png"])
def test_what_cannot_be_read_is_not(content: bytes, suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"own.{suffix}").write_bytes(content)
    assert not recognise(tmp_path / f"own.{suffix}")


def test_what_is_not_there_is_not(tmp_path: Path) -> None:
    assert not recognise(tmp_path / "none.csv") and not recognise(tmp_path)


def test_objects() -> None:
    texts, labels = example.reviews(20)
    assert takes_texts((texts, labels)) and takes_texts((pd.Series(texts), pd.Series(labels)))
    assert not takes_texts((labels, [texts])) and not takes_texts(([], [])) and not takes_texts(([1, 2], [0, 1]))
    assert not takes_texts(texts) and not takes_texts(pd.DataFrame({"a": [1, 2], "b": [3, 4]}))
