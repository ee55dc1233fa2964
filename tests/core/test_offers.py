"""What kinds of data declare, read without importing them."""

from __future__ import annotations

from condenset.core.offers import exam_of, item_words, items_of, kinds_offering


def test_a_kind_says_its_exam_and_what_its_examples_are_called() -> None:
    assert (exam_of("image"), items_of("image")) == ("image", "images")
    assert (exam_of("series"), items_of("series")) == ("forecast", "points")
    assert {"images", "points", "rows", "nodes"} <= item_words()


def test_of_an_unknown_kind_nothing_is_claimed() -> None:
    assert (exam_of("smell"), items_of("smell")) == ("", "examples")


def test_kinds_are_found_by_what_they_offer() -> None:
    assert "image" in kinds_offering(["grid", "colour"]) and "tabular" not in kinds_offering(["grid"])
