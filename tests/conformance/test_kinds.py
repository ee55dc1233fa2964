"""What a kind of data declares for listings agrees with what its tasks offer, and what it names is there."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from condenset.core.fields import split_name
from condenset.core.registries import CODECS, KERNELS, METHODS, MODALITIES, NETWORKS
from condenset.evaluation.exam import named_exam
from condenset.evaluation.recommend import contenders_of
from condenset.tasks.task import Modality
from tests.conformance import examples

OWN = replace(MODALITIES, plugins=False)
kinds = pytest.mark.parametrize("kind", OWN.names())


@kinds
def test_it_offers_what_its_tasks_offer_between_them(kind: str) -> None:
    offered = [task.offers for name in examples.MAKERS if (task := examples.task(name)).modality.name == kind]
    assert offered, f"no example in tests/conformance/kinds/ is {kind} data"
    assert set().union(*offered) <= set(MODALITIES.get(kind).offers)


@kinds
def test_its_offers_follow_from_what_it_has(kind: str) -> None:
    modality: Modality = MODALITIES.get(kind)
    assert ("kernel" in modality.offers) == bool(modality.kernel)
    assert ("teachers" in modality.offers) == bool(modality.teachers)
    assert len(set(modality.offers)) == len(modality.offers)


@kinds
def test_what_it_names_is_there(kind: str) -> None:
    modality: Modality = MODALITIES.get(kind)
    assert modality.name == kind and named_exam(modality.exam)
    assert split_name(modality.network)[0] in NETWORKS.names()
    assert not modality.kernel or split_name(modality.kernel)[0] in KERNELS.names()
    assert {modality.codec, *modality.readable, *filter(None, [modality.learnable_codec])} <= set(CODECS.names())
    assert {*modality.rivals, *modality.compressed} <= set(METHODS.names())


@pytest.mark.parametrize("name", examples.MAKERS)
def test_what_may_suit_its_data_are_methods_each_recipe_once(name: str) -> None:
    task = examples.task(name)
    found = contenders_of(task)
    assert {one.method for one in found} <= set(METHODS.names())
    assert len({one.words for one in found}) == len(found)
    for one in task.modality.contenders:
        assert {*METHODS.declared(one.method)["needs"], *one.needs} <= {*task.modality.offers}


def test_the_page_on_adding_one_names_all_that_a_kind_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "add-a-modality.md"
    named = set(re.findall(r"\w+", page.read_text(encoding="utf8")))
    assert {field.name for field in fields(Modality)} <= named
