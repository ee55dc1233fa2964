from __future__ import annotations

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.pictures.examples import (
    Examples,
    ImageData,
    as_classes,
    as_indices,
    require_every_class,
    stratified,
)

LABELS = np.repeat(np.arange(3), [50, 20, 2])


def test_stratified_split_holds_the_fraction_out_of_every_class() -> None:
    chosen = stratified(LABELS, 0.2, Rng(0))
    assert np.bincount(LABELS[chosen]).tolist() == [10, 4, 1]
    assert np.array_equal(chosen, stratified(LABELS, 0.2, Rng(0)))
    assert not np.array_equal(chosen, stratified(LABELS, 0.2, Rng(1)))


def test_stratified_split_never_takes_the_last_example() -> None:
    assert np.bincount(LABELS[~stratified(LABELS, 0.99, Rng(0))]).tolist() == [1, 1, 1]
    with pytest.raises(DataError, match="no class has two images"):
        stratified(np.arange(4), 0.5, Rng(0))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5, float("nan")])
def test_impossible_fractions_are_refused(fraction: float) -> None:
    with pytest.raises(DataError, match="test-fraction"):
        stratified(LABELS, fraction, Rng(0))


def test_split_keeps_a_test_set_that_is_there() -> None:
    examples = Examples(np.zeros((72, 4, 4, 1), np.uint8), LABELS)
    own = ImageData("own", ("a", "b", "c"), examples, test=lambda: examples)
    assert own.split(0.2, 0) is own
    split = ImageData("new", ("a", "b", "c"), examples).split(0.2, 0)
    assert split.test is not None
    assert (len(split.train.labels), len(split.test().labels)) == (57, 15)


def test_fingerprint_depends_on_pixels_labels_and_shape() -> None:
    images = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4, 1)
    base = Examples(images, np.array([0, 1])).fingerprint()
    assert base["rows"] == 2
    assert base == Examples(images.copy(), np.array([0, 1])).fingerprint()
    others = [Examples(images, np.array([1, 0])), Examples(images.reshape(2, 2, 8, 1), np.array([0, 1]))]
    others.append(Examples(images + 1, np.array([0, 1])))
    assert len({base["sha256"], *(other.fingerprint()["sha256"] for other in others)}) == 4


def test_class_names_come_from_values_strings_or_names() -> None:
    assert as_classes(np.array([2, 0, 1]), None, "y") == ("0", "1", "2")
    assert as_classes(np.array(["cat", "ape"]), None, "y") == ("ape", "cat")
    assert as_classes(np.array([0, 1]), ["no", "yes"], "y") == ("no", "yes")


def test_gaps_and_single_classes_are_refused() -> None:
    with pytest.raises(DataError, match=r"values 1\.\.3 but only 3 .* 0\.\.2"):
        as_classes(np.array([1, 2, 3]), None, "y")
    with pytest.raises(DataError, match="only 2 of these occur"):
        as_classes(np.array([0, 10**12]), None, "y")
    with pytest.raises(DataError, match="single class"):
        as_classes(np.array([1, 1]), None, "y")


def test_labels_outside_the_classes_are_refused() -> None:
    assert as_indices(np.array(["b", "a"]), ("a", "b"), "y").tolist() == [1, 0]
    with pytest.raises(DataError, match=r"label 5: expected 0\.\.1"):
        as_indices(np.array([0, 5]), ("a", "b"), "y")
    with pytest.raises(DataError, match="'c'"):
        as_indices(np.array(["a", "c"]), ("a", "b"), "y")


def test_a_class_without_images_is_named() -> None:
    with pytest.raises(DataError, match="'middle'"):
        require_every_class(np.array([0, 2]), ("low", "middle", "high"))
