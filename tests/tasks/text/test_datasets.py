"""The known texts, checked against counts that were taken from the files by other means."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.errors import DataError, RequestError
from condenset.tasks.text import MODALITY, open_text
from condenset.tasks.text.datasets import known, read_known


def test_the_described_texts_are_the_readable_ones() -> None:
    assert sorted(MODALITY.datasets) == list(known())


@pytest.mark.real_data("text/sst2/train.tsv", "text/sst2/dev.tsv", "text/sst2/test.tsv")
def test_sst2_has_its_own_validation_and_test() -> None:
    raw = read_known("sst2")
    assert raw.train.labels.value_counts().to_dict() == {"positive": 3610, "negative": 3310}
    assert raw.validation is not None and len(raw.validation) == 872
    assert raw.test is not None and raw.test.labels.value_counts().to_dict() == {"negative": 912, "positive": 909}
    assert raw.sha256.startswith("ec192f833a64")


@pytest.mark.real_data("text/ag-news-7600/ag_news.csv")
def test_ag_news_is_the_test_split_under_a_name_that_says_so() -> None:
    raw = read_known("ag-news-7600")
    assert raw.train.labels.value_counts().to_dict() == dict.fromkeys(["World", "Sports", "Business", "Sci/Tech"], 1900)
    assert raw.train.texts[0].startswith("Fears for T N pension after talks Unions")
    assert raw.test is None and "test split" in MODALITY.datasets["ag-news-7600"]


def test_what_is_missing_or_another_file_says_where_the_original_is(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"download it from https://github\.com"):
        read_known("sst2")
    (tmp_path / "text" / "ag-news-7600").mkdir(parents=True)
    (tmp_path / "text" / "ag-news-7600" / "ag_news.csv").write_text('"1","a","b"\n', encoding="utf8")
    with pytest.raises(DataError, match="SHA-256"):
        read_known("ag-news-7600")


def test_known_texts_say_their_columns_themselves() -> None:
    with pytest.raises(RequestError, match="leave those options out"):
        open_text("sst2", target="label")
