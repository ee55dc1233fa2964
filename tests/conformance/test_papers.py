"""Every method's paper: complete, citable, readable without importing it, and in terms of what is registered."""

from __future__ import annotations

import re

import pytest
import torch

from condenset.core.fields import split_name
from condenset.core.offers import kinds_offering
from condenset.core.registries import CODECS, LABELS, METHODS, NETWORKS, STARTS
from condenset.core.registry import Registry
from condenset.core.reported import Reported, reported_by
from condenset.evaluation.exam import exam_names
from condenset.recipe import Method, Optimiser
from condenset.tasks.task import modalities
from tests.conformance import examples

FAMILIES = {"gradient", "distribution", "kernel", "bilevel", "trajectory", "decoupled", "coreset"}
REPORTED = [(name, row) for name in METHODS.names() for row in METHODS.get(name).reported]
every = pytest.mark.parametrize("name", METHODS.names())


def known(registry: Registry, text: str) -> bool:
    return split_name(text)[0] in registry.names()


@every
def test_it_is_described(name: str) -> None:
    method: Method = METHODS.get(name)
    assert method.family in FAMILIES
    assert len(method.title) > 10
    assert method.venue
    assert 1950 < method.year < 2100
    assert METHODS.summary(name).endswith((".", ":", ")")) or METHODS.summary(name)[0].isupper()
    assert kinds_offering(method.needs), "no kind of data offers all that it needs"
    assert len(set(method.needs)) == len(method.needs)


@every
def test_its_arxiv_number_is_one_and_not_younger_than_the_paper(name: str) -> None:
    method: Method = METHODS.get(name)
    if method.arxiv is None:
        known = method.family == "coreset" or method.doi or method.venue == "condenset"
        assert known, "a distillation paper without an arXiv number: give it or a DOI"
        return
    assert re.fullmatch(r"\d{2}(0[1-9]|1[0-2])\.\d{4,5}", method.arxiv)
    assert 2000 + int(method.arxiv[:2]) <= method.year


@every
def test_a_listing_reads_all_of_it_from_the_source_text(name: str) -> None:
    method: Method = METHODS.get(name)
    declared = METHODS.declared(name)
    fields = ("family", "title", "venue", "year", "arxiv")
    assert {f: declared.get(f) for f in fields} == {f: getattr(method, f) for f in fields}
    assert tuple(declared["needs"]) == method.needs
    assert reported_by(name, METHODS) == method.reported


@pytest.mark.parametrize(("name", "row"), REPORTED, ids=lambda v: v if isinstance(v, str) else v.dataset)
def test_a_reported_number_is_a_fraction_in_a_known_setting(name: str, row: Reported) -> None:
    assert 0 < row.mean <= 1, "fractions, not percent"
    assert row.std is None or 0 <= row.std < 0.1
    assert re.fullmatch(r"[1-9]\d* (per class|nodes)", row.budget)
    assert any(row.dataset in modality.datasets for modality in modalities())
    assert row.exam in exam_names()
    assert row.network == "kernel" or known(NETWORKS, row.network.removeprefix("features:").replace("/", ":"))
    assert row.where


@pytest.mark.parametrize(("name", "example"), list(examples.pairs()))
def test_its_recipe_names_registered_parts_and_learns_what_there_is(name: str, example: str) -> None:
    task = examples.task(example)
    recipe = METHODS.get(name).recipe(task, torch.full((len(task.groups),), 2))
    assert recipe.contract.exam in exam_names()
    assert recipe.codec is None or known(CODECS, recipe.codec)
    assert known(LABELS, recipe.labels)
    assert recipe.network is None or known(NETWORKS, recipe.network)
    assert (recipe.objective is None) == (recipe.source is None) == (recipe.steps == 0) == (not recipe.optimisers)
    assert recipe.labels != "hard" or "labels" not in recipe.optimisers
    labels = recipe.start not in STARTS.things().values()  # those that are registered keep the data's own
    assert recipe.labels in ("hard", "decoded") or "labels" in recipe.optimisers or recipe.finish or labels, (
        "nothing learns the labels"
    )
    assert ("rate" in recipe.optimisers) == (recipe.rates is not None)
    assert all(isinstance(how, Optimiser) and how.rate > 0 for how in recipe.optimisers.values())
