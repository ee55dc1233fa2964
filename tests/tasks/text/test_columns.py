"""Which columns are texts and label."""

from __future__ import annotations

import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.text.columns import choose, is_text, looks_like_texts
from tests.tasks.text import example


def test_many_words_that_mostly_differ_are_texts() -> None:
    texts, _ = example.reviews(40)
    assert is_text(pd.Series(texts))
    assert not is_text(pd.Series([texts[0]] * 40)), "one text again and again"
    assert not is_text(pd.Series([f"12 Long Street, Town {i}" for i in range(40)])), "an address"
    assert not is_text(pd.Series(range(40))) and not is_text(pd.Series(texts[:1]))


def test_the_label_is_named_as_usual_or_the_only_other_column() -> None:
    frame = example.frame(40)
    assert choose(frame, "it", (), None).label == "sentiment"
    assert choose(frame.rename(columns={"sentiment": "kind of it"}), "it", (), None).label == "kind of it"
    assert choose(frame.assign(Label=1), "it", (), None).label == "Label", (
        "whatever its capitals, the first that is usual"
    )
    with pytest.raises(DataError, match="the label"):
        choose(frame[["review"]], "it", (), None)


def test_texts_with_little_else_look_like_texts() -> None:
    frame = example.frame(40)
    assert looks_like_texts(frame) and looks_like_texts(frame.assign(id=range(40)))
    assert not looks_like_texts(frame.assign(a=1, b=2, c=3)) and not looks_like_texts(frame[["sentiment"]])
