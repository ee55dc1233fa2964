"""Dotted changes of nested dataclasses: one field of a copy, of the type that it takes, or an error that names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pytest

from condenset.core.changes import changed, differing, owed_to, settings
from condenset.core.errors import RequestError, UnknownNameError

if TYPE_CHECKING:
    from torch import Tensor as Elsewhere


@dataclass(frozen=True)
class Inner:
    """Something to change."""

    depth: int = 1
    parts: dict[str, int] = field(default_factory=lambda: {"left": 1, "right": 2})


@dataclass(frozen=True)
class Outer:
    """Something that holds it."""

    inner: Inner = Inner()
    missing: Inner | None = None
    other: str = "kept"
    kind: Literal["wide", "narrow"] = "wide"
    share: float | None = None
    sizes: tuple[int, int] = (1, 2)
    act: Callable[[int], int] = abs


@dataclass(frozen=True)
class Foreign:
    """Something whose types are imported for a type checker alone."""

    depth: int = 1
    model: Elsewhere | str | None = None


def change(path: str, value: Any) -> Any:
    return changed(Outer(), path, value)


def test_a_dotted_change_replaces_one_field_of_a_copy() -> None:
    before = Outer()
    assert change("inner.depth", 5) == Outer(inner=Inner(depth=5))
    assert before == Outer()
    assert change("other", "new").inner is before.inner


def test_a_dotted_change_reaches_into_a_mapping() -> None:
    assert change("inner.parts.left", 7).inner.parts == {"left": 7, "right": 2}
    assert Inner().parts["left"] == 1


@pytest.mark.parametrize(
    ("path", "nearest", "known"),
    [
        ("inner.dept", "inner.depth", "inner.depth, inner.parts"),
        ("iner.depth", "inner", "act, inner, kind, missing, other, share, sizes"),
        ("inner.parts.lef", "inner.parts.left", "inner.parts.left, inner.parts.right"),
        ("missing.depth", None, "none"),
        ("other.length", None, "none"),
        ("inner.parts.middle", None, "inner.parts.left, inner.parts.right"),
    ],
)
def test_a_change_of_what_is_not_there_names_the_nearest(path: str, nearest: str | None, known: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown setting") as caught:
        change(path, 1)
    assert f"known are {known}" in str(caught.value)
    if nearest is not None:
        assert caught.value.nearest == nearest


def test_a_value_becomes_what_the_field_takes() -> None:
    assert change("inner.depth", 1e3).inner.depth == 1000
    assert type(change("inner.depth", 1e3).inner.depth) is int
    assert change("share", 2).share == 2.0
    assert change("sizes", [3, 4]).sizes == (3, 4)
    assert change("kind", "narrow").kind == "narrow"


def test_a_table_is_a_whole_dataclass_where_there_was_none() -> None:
    assert change("missing", {"depth": 4}).missing == Inner(depth=4)


def test_where_types_cannot_be_read_a_value_is_of_the_type_of_the_one_before() -> None:
    assert changed(Foreign(), "depth", 2) == Foreign(depth=2)
    assert changed(Foreign(), "model", "other").model == "other", "nothing says of what type it is"
    with pytest.raises(RequestError, match="'deep' is no int"):
        changed(Foreign(), "depth", "deep")


def test_none_is_said_where_a_field_may_be_that() -> None:
    held = changed(Outer(share=0.5, missing=Inner()), "share", "none")
    assert held == Outer(missing=Inner())
    assert changed(held, "missing", None).missing is None
    assert change("other", "none").other == "none"


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("inner.depth", "deep", "'deep' is no int"),
        ("inner.depth", 1.5, "1.5 is no int"),
        ("inner.depth", True, "True is no int"),
        ("inner.depth", "none", "'none' is no int"),
        ("inner.depth", -1, "a whole one of 0 or more"),
        ("share", float("nan"), "expected a finite number"),
        ("share", float("inf"), "expected a finite number"),
        ("share", "half", "'half' is no float"),
        ("other", 5, "5 is no str"),
        ("kind", "thin", "thin not in .*'wide', 'narrow'"),
        ("sizes", [1], "has 1 entries, expected 2"),
        ("missing", {"dept": 1}, r"extra fields found \(dept\) @ missing"),
        ("missing", {"depth": "deep"}, "missing.depth"),
        ("act", "abs", "no plain value says it: change its fields"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_path(path: str, value: Any, fault: str) -> None:
    with pytest.raises(RequestError, match=f"{path} cannot become {value!r}: .*{fault}".replace("[1]", r"\[1\]")):
        change(path, value)


def test_settings_are_listed_by_the_paths_that_change_them() -> None:
    assert settings(Outer(missing=Inner(depth=3, parts={}))) == {
        "inner": "Inner",
        "inner.depth": 1,
        "inner.parts.left": 1,
        "inner.parts.right": 2,
        "missing": "Inner",
        "missing.depth": 3,
        "other": "kept",
        "kind": "wide",
        "share": "none",
        "sizes.0": 1,
        "sizes.1": 2,
        "act": "abs",
    }


def test_settings_below_a_path_begin_with_it() -> None:
    assert settings({"depth": None, "held": Inner(parts={})}, "data") == {
        "data.depth": "none",
        "data.held": "Inner",
        "data.held.depth": 1,
    }


def test_what_fails_on_a_changed_setting_is_a_wrong_request() -> None:
    said = r"fails with source\.size=0 \(ZeroDivisionError: .*choose another value"
    with pytest.raises(RequestError, match=said), owed_to({"source.size": 0}):
        _ = 1 % 0
    with pytest.raises(ZeroDivisionError), owed_to({}):
        _ = 1 % 0
    with pytest.raises(NotImplementedError), owed_to({"source.size": 0}):
        raise NotImplementedError


def test_a_part_of_a_tuple_is_changed_by_its_number() -> None:
    assert changed(Outer(), "sizes.1", 5).sizes == (1, 5)
    with pytest.raises(UnknownNameError, match=r"'sizes.2': did you mean 'sizes.[01]'"):
        changed(Outer(), "sizes.2", 5)


def test_what_records_of_changes_differ_in_is_named() -> None:
    mine = {"steps": 5, "start": "noise", "rate": 1.0}
    assert differing(mine, [mine, {"steps": 5, "start": "random", "seed": 1}]) == ["start", "rate"]
    assert differing(mine, []) == differing({}, [mine]) == []
