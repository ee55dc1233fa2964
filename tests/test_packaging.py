"""Extras: `all` has every one that a user may want, and each that an error names is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
NAMED = re.compile(r"""MissingExtraError\(\s*"[\w.]+",\s*"(\w+)"|condenset\[(\w+)\]|extra `(\w+)`""")


def extras_of(requirement: str) -> set[str]:
    """Those of condenset itself that a requirement names."""
    found = re.fullmatch(r"condenset\[(.+)\]", requirement)
    return set(found[1].split(",")) if found else set()


def named_in(folder: str, ending: str) -> list[tuple[str, str]]:
    """Files below a folder, and the extras that they name to a user."""
    files = sorted((ROOT / folder).rglob(f"*.{ending}"))
    found = [(file, "".join(match.groups(""))) for file in files for match in NAMED.finditer(file.read_text())]
    return sorted({(str(file.relative_to(ROOT)), extra) for file, extra in found} - {PLACEHOLDER})


PLACEHOLDER = ("src/condenset/core/errors.py", "extra")  # a docstring says where a name goes


def test_all_holds_every_extra_of_a_user() -> None:
    (everything,) = EXTRAS["all"]
    assert extras_of(everything) == set(EXTRAS) - {"all", "dev", "site"}


def test_development_has_every_extra_that_tests_do_not_stand_in_for() -> None:
    needed = set().union(*map(extras_of, EXTRAS["dev"]))
    assert needed == set(EXTRAS) - {"all", "dev", "series", "text"}


@pytest.mark.parametrize(("file", "extra"), [*named_in("src", "py"), *named_in("docs", "md")])
def test_an_extra_that_is_named_is_there(file: str, extra: str) -> None:
    assert extra in EXTRAS, f"{file} names the extra {extra!r}: add it to pyproject.toml, or name another"


def test_errors_name_extras() -> None:
    assert {extra for _, extra in named_in("src", "py")} == set(EXTRAS) - {"all", "dev", "site", "sampling"}
