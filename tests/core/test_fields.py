"""Names with fields: what is read back is what was written, and what cannot be read says how to write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from condenset.core.errors import RequestError
from condenset.core.fields import split_name

identifiers = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()


@given(identifiers, st.dictionaries(identifiers, numbers, max_size=4))
def test_literal_fields_come_back_with_value_and_type(name: str, fields: dict[str, object]) -> None:
    text = f"{name}:" + ",".join(f"{key}={value!r}" for key, value in fields.items())
    read_name, read = split_name(text)
    assert (read_name, read) == (name, fields)
    assert [type(v) for v in read.values()] == [type(v) for v in fields.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("convnet", ("convnet", {})),
        ("convnet:", ("convnet", {})),
        ("convnet:norm=instance", ("convnet", {"norm": "instance"})),
        ("convnet: width = 32 , norm = none ", ("convnet", {"width": 32, "norm": "none"})),
        ("mlp:rate=1e-3,bias=False", ("mlp", {"rate": 0.001, "bias": False})),
        ("mlp:norm='32'", ("mlp", {"norm": "32"})),
        ("folder:path=a:b", ("folder", {"path": "a:b"})),
    ],
)
def test_bare_words_spaces_and_quotes(text: str, expected: tuple[str, dict[str, object]]) -> None:
    assert split_name(text) == expected


@pytest.mark.parametrize(("text", "part"), [("convnet:width", "width"), ("convnet:width=32,deep", "deep")])
def test_a_field_without_a_value_is_refused_and_named(text: str, part: str) -> None:
    with pytest.raises(RequestError, match=rf"cannot read '{part}' in '{text}': write fields as name=value"):
        split_name(text)
