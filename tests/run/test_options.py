"""Sizes, times, lists of names and changes as people write them."""

from __future__ import annotations

import inspect

import pytest
import tyro

from condenset.core.budget import Size
from condenset.core.errors import BudgetError, RequestError
from condenset.run.options import (
    DataOptions,
    SizeOptions,
    bytes_of,
    changes_of,
    counts_of,
    names_of,
    new_folder,
    seconds_of,
    size_text,
)
from condenset.tasks.task import Modality, modalities


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50000", 50_000), ("20kB", 20_000), ("2GiB", 2 * 2**30), ("1.5 MiB", 3 * 2**19), ("3k", 3000), ("7B", 7)],
)
def test_bytes_have_decimal_and_binary_units(text: str, expected: int) -> None:
    assert bytes_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("90s", 90), ("10m", 600), ("10min", 600), ("1.5h", 5400), ("1d", 86400)]
)
def test_durations_have_units(text: str, expected: float) -> None:
    assert seconds_of(text) == expected


@pytest.mark.parametrize("text", ["", "much", "-3MB", "3 elephants", "1e3"])
def test_an_amount_that_does_not_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="2GiB"):
        bytes_of(text)
    with pytest.raises(ValueError, match="10m"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dm,kip", ("dm", "kip")),
        (" dm , kip,", ("dm", "kip")),
        ("", ()),
        ("mlp,convnet:width=32,depth=2,lenet", ("mlp", "convnet:width=32,depth=2", "lenet")),
        ("convnet:width=32,mlp:width=8,depth=1", ("convnet:width=32", "mlp:width=8,depth=1")),
        ("dm:steps=9,network=convnet:width=32,kip", ("dm:steps=9,network=convnet:width=32", "kip")),
    ],
)
def test_names_may_carry_fields(text: str, expected: tuple[str, ...]) -> None:
    assert names_of(text) == expected


def test_counts_are_whole_numbers() -> None:
    assert counts_of("1,10,50") == (1, 10, 50)
    with pytest.raises(ValueError):
        counts_of("1,ten")


def test_changes_read_as_toml_and_as_text_where_that_fails() -> None:
    texts = ["steps=20", "a.rate=1e-3", "b=true", "c=[1, 2]", 'd="x"', "network=convnet:width=32,depth=2", "e="]
    assert changes_of(texts) == {
        "steps": 20,
        "a.rate": 0.001,
        "b": True,
        "c": [1, 2],
        "d": "x",
        "network": "convnet:width=32,depth=2",
        "e": "",
    }
    assert type(changes_of(["steps=20"])["steps"]) is int
    for text in ("steps", "=3"):
        with pytest.raises(RequestError, match="--set name=value"):
            changes_of([text])


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        (SizeOptions(per_class=3), Size(per_class=3), "3 per class"),
        (SizeOptions(size=12), Size(items=12), "12 items"),
        (SizeOptions(bytes=5000), Size(bytes=5000), "5000 bytes"),
        (SizeOptions(ratio=0.01), Size(ratio=0.01), "0.01 of the data"),
    ],
)
def test_a_budget_is_in_one_unit(given: SizeOptions, expected: Size, words: str) -> None:
    assert given.chosen() == expected
    assert size_text(expected) == words


@pytest.mark.parametrize("given", [SizeOptions(), SizeOptions(per_class=1, ratio=0.5)])
def test_a_budget_in_no_or_two_units_is_refused(given: SizeOptions) -> None:
    with pytest.raises(BudgetError, match="exactly one of --per-class, --size, --bytes, --ratio"):
        given.chosen()


def test_only_what_was_said_reaches_the_data() -> None:
    assert DataOptions().given() == {}
    said = DataOptions(target="y", drop=("id",), image_size=32, skip_unreadable=True, memory_limit=0)
    assert said.given() == {"target": "y", "drop": ["id"], "size": 32, "skip_unreadable": True, "memory_limit": 0}
    assert DataOptions(test_fraction=0.0).given() == {"test_fraction": 0.0}


def test_a_switch_is_said_denied_or_left_alone() -> None:
    for words, expected in (([], {}), (["--flip"], {"flip": True}), (["--no-flip"], {"flip": False})):
        assert tyro.cli(DataOptions, args=words).given() == expected


@pytest.mark.parametrize("kind", modalities(), ids=lambda kind: kind.name)
def test_what_a_kind_of_data_declares_can_be_said_and_reaches_its_opening(kind: Modality) -> None:
    accepted = inspect.signature(kind.open).parameters
    for option in kind.options:
        value = {"whole": 3, "share": 0.5, "flag": True, "switch": False, "names": ("a",)}.get(
            option.kind, option.kind.split("|")[0]
        )
        (parameter,) = DataOptions(**{option.name: value}).given()
        assert parameter == (option.parameter or option.name)
        assert parameter in accepted


def test_help_says_for_which_data_an_option_is_and_what_there_is_to_choose_from() -> None:
    told = " ".join((DataOptions.__doc__ or "").split())
    assert "setting: transductive or inductive: what training sees of a graph (nodes)." in told
    assert "test_fraction: share held out, where the data have no test split (" in told
    assert "image_size: side in pixels to bring images to (images)." in told


def test_a_folder_is_named_after_the_run() -> None:
    assert str(new_folder("data/my flowers", "dm", Size(per_class=1), 0)) == "my-flowers-dm-1-per-class"
    assert str(new_folder("sales.csv", "kip", Size(ratio=0.5), 3)) == "sales-kip-0.5-of-the-data-seed-3"
