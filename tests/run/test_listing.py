"""Listings agree with what importing the things themselves says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from condenset.core.registries import METHODS, NETWORKS
from condenset.core.reported import Reported
from condenset.recipe import Method
from condenset.run import listing
from condenset.run.commands.listing import List, ListingTable
from condenset.run.console import Screen
from condenset.tasks.task import modalities
from tests.run.conftest import Cli


def test_methods_are_read_as_they_are_defined() -> None:
    found = {record["name"]: record for record in listing.methods()}
    assert tuple(sorted(found)) == METHODS.names()
    for name, record in found.items():
        method: Method = METHODS.get(name)
        keys = ("family", "title", "venue", "year", "arxiv")
        assert [record[key] for key in keys] == [getattr(method, key) for key in keys]
        assert tuple(record["needs"]) == method.needs
        assert record["tasks"] == sorted(kind.name for kind in modalities() if {*method.needs} <= {*kind.offers})
        assert [Reported(**row) for row in record["reported"]] == list(method.reported)


def test_methods_are_for_the_data_that_offer_what_they_need() -> None:
    found = {record["name"]: record["tasks"] for record in listing.methods()}
    assert found["gcond"] == ["graph"]
    assert found["idc"] == ["image", "unlabelled-images"]
    assert {"image", "tabular"} <= set(found["dm"])


def test_networks_are_listed_with_what_they_read() -> None:
    found = {record["name"]: record["reads"] for record in listing.networks()}
    assert tuple(sorted(found)) == NETWORKS.names()
    assert all(tuple(reads) == NETWORKS.get(name).reads for name, reads in found.items())
    assert found["gcn"] == ["nodes"] and found["lenet"] == ["grid"]


def test_datasets_and_tasks_are_those_of_the_modalities() -> None:
    known = {name: modality.name for modality in modalities() for name in modality.datasets}
    assert {record["name"]: record["task"] for record in listing.datasets()} == known
    defaults = {m.name: (m.network, m.kernel, m.codec, m.exam, list(m.learners), list(m.offers)) for m in modalities()}
    keys = ("network", "kernel", "codec", "exam", "learners", "offers")
    assert {record["name"]: tuple(record[key] for key in keys) for record in listing.tasks()} == defaults


def test_parts_are_the_exchangeable_files_and_not_what_they_share() -> None:
    found = {(record["kind"], record["name"]) for record in listing.parts()}
    expected = {
        ("codecs", "raw"),
        ("labels", "soft"),
        ("starts", "herding"),
        ("signals", "mean-embedding"),
        ("sources", "pool"),
        ("objectives", "risk"),
        ("finishes", "freeze-adjacency"),
    }
    assert expected <= found
    assert not {"label", "codec", "start", "signal", "source", "objective"} & {name for _, name in found}


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ({}, "unverified"),
        ({"kip": "verified"}, "unverified"),
        ({"dm": "failed"}, "unverified"),
        ({"dm": "none"}, "unverified"),
        ({"dm": "partial"}, "partial"),
        ({"dm": "verified"}, "verified"),
    ],
)
def test_the_status_follows_from_recorded_results(
    verdicts: dict[str, str], status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "verdicts.json").write_text(json.dumps(verdicts))
    monkeypatch.setattr(listing, "_VERDICTS", tmp_path / "verdicts.json")
    assert {record["name"]: record["status"] for record in listing.methods()}["dm"] == status


def test_a_citation_is_bibtex(cli: Cli) -> None:
    told = cli("list", "methods", "--cite")
    assert "@inproceedings{dm2023,\n  title = {Dataset Condensation with Distribution Matching},\n" in told.out
    assert "  eprint = {2110.04181},\n" in told.out


@pytest.mark.parametrize("what", listing.LISTINGS)
def test_every_listing_is_a_table_and_one_json_array(cli: Cli, what: str) -> None:
    records = cli("list", what, "--json").record
    shown = cli("list", what).out
    assert records
    for record in records:
        assert record["name"] in shown


@pytest.mark.parametrize("what", ["methods", "tasks", "datasets", "exams", "networks", "parts"])
@pytest.mark.parametrize("width", [80, 120])
def test_a_listing_fits_a_terminal(what: str, width: int) -> None:
    """No line is longer, no name is folded, and sentences have room."""
    records = listing.LISTINGS[what]()
    (drawn,) = List(what).run(Screen()).shown  # type: ignore[arg-type]
    console = Console(width=width, file=io.StringIO())
    console.print(drawn)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= width
    names = {word for line in lines for word in line.split()[: 2 if what == "parts" else 1]}
    assert names >= {record["name"] for record in records}
    assert len(lines) < 6 * len(records)


def test_columns_that_do_not_fit_are_named() -> None:
    drawn = ListingTable(
        ("name", "year", "needs", "summary"), [("dm", "2023", "grid, classes", 40 * "x")], ("needs", "year")
    )
    assert [drawn.left_out(width) for width in (100, 66, 50)] == [(), ("needs",), ("needs", "year")]
    console = Console(width=66, file=io.StringIO())
    console.print(drawn)
    assert "not shown: needs; a wider window has them, and --json" in console.file.getvalue()  # type: ignore[attr-defined]
