"""Specs: sizes and bytes, plain values and back, and what is none."""

from __future__ import annotations

import json

import pytest

from condenset.core.spec import Leaf, describe, item_bytes, leaves, meanings, plain_spec, spec_from

TEXT = {"ids": Leaf((128,), "int64", "ids"), "mask": Leaf((128,), "bool", "mask")}


def test_sizes_are_counted_from_the_shape_and_the_type() -> None:
    assert Leaf((3, 32, 32), meaning="grid").nbytes == 3 * 32 * 32 * 4
    assert item_bytes(TEXT) == 128 * 8 + 128
    assert describe(Leaf((1, 28, 28), meaning="grid")) == "1 x 28 x 28 grid"
    assert describe(TEXT) == "128 ids, 128 mask" and meanings(TEXT) == {"ids", "mask"}
    assert [leaf.floating for leaf in leaves(TEXT)] == [False, False]


@pytest.mark.parametrize("spec", [Leaf((7,)), TEXT, Leaf((7,), native=99), [Leaf((2, 2), meaning="grid"), Leaf((1,))]])
def test_a_spec_comes_back_from_json(spec: object) -> None:
    assert spec_from(json.loads(json.dumps(plain_spec(spec)))) == spec


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (3, "is no spec"),
        ({"shape": [1, -2], "dtype": "float32", "meaning": "grid"}, "is no shape"),
        ({"shape": [1.5], "dtype": "float32", "meaning": "grid"}, "is no shape"),
        ({"shape": [1], "dtype": "nn", "meaning": "grid"}, "'nn' is no type of numbers"),
        ({"shape": [1], "dtype": "float32", "meaning": "text", "native": -1}, "is no number of bytes"),
        ({"a": {"b": "c"}}, "is no spec"),
    ],
)
def test_what_is_no_spec_is_refused(record: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        spec_from(record)
