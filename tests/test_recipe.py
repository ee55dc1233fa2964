"""Recipes as data: dotted changes, taking turns, and which method does which modality."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.autoencoders import AutoencoderStore, Autoencoding
from condenset.assets.teachers import Lessons
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.registries import METHODS, STARTS
from condenset.finishes.label_update import LabelUpdate
from condenset.recipe import Between, Optimiser, Recipe, codec_of, recipe_for, stores
from condenset.starts.latent_medoids import LatentMedoids
from condenset.starts.random import random
from condenset.starts.searched import Searched
from condenset.synthetic import Contract
from tests.conformance.examples import task

TWO = torch.tensor([2, 2, 2])


def test_a_group_moves_in_its_turns_only() -> None:
    first, second = (Optimiser("sgd", 0.1, active=(5, *turn)) for turn in ((0, 2), (2, 5)))
    moves = [first.rate_at(step, 20) is not None for step in range(20)]
    assert moves[:7] == [True, True, False, False, False, True, True]
    assert [second.rate_at(step, 20) is None for step in range(20)] == moves
    assert all(Optimiser("sgd", 0.1).rate_at(step, 20) is not None for step in range(20))


def test_a_rate_is_constant_or_falls_along_a_cosine_to_its_final_share() -> None:
    assert [Optimiser("adam", 0.1).rate_at(step, 10) for step in (0, 7)] == pytest.approx([0.1, 0.1])
    falling = [Optimiser("adam", 0.1, final=0.2).rate_at(step, 10) for step in (0, 5, 10)]
    assert falling == pytest.approx([0.1, 0.06, 0.02])


def test_a_finish_can_act_between_the_steps_of_any_method() -> None:
    changes = {"between": "label-update", "between.label-update.every": 3, "between.label-update.finish.share": 0.1}
    found = recipe_for("dm", task("image"), TWO, changes).between
    assert list(found) == ["label-update"]
    assert found["label-update"] == Between(LabelUpdate(share=0.1), every=3)
    assert not recipe_for("dm", task("image"), TWO, {}).between


def test_changes_are_applied_to_the_methods_recipe() -> None:
    plain = recipe_for("dm", task("image"), TWO, {})
    wanted = {"steps": 7, "objective.per_group": 3, "optimisers.data.rate": 0.5, "source.size": 2}
    found = recipe_for("dm", task("image"), TWO, wanted)
    assert (found.steps, found.objective.per_group, found.source.size) == (7, 3, 2)
    assert found.optimisers["data"].rate == 0.5
    assert found.optimisers["data"].momentum == plain.optimisers["data"].momentum
    assert found.start is plain.start


def test_a_start_is_changed_by_name() -> None:
    assert recipe_for("dm", task("image"), TWO, {"start": "k-means"}).start is STARTS.get("k-means")
    with pytest.raises(UnknownNameError, match="did you mean 'k-means'"):
        recipe_for("dm", task("image"), TWO, {"start": "k-mean"})


def test_a_recipe_may_depend_on_the_counts() -> None:
    one, ten = (recipe_for("dc", task("image"), torch.full((3,), count), {}) for count in (1, 10))
    assert (one.source.outer, one.source.inner) == (1, 1)
    assert (ten.source.outer, ten.source.inner) == (10, 50)


def test_a_method_that_does_not_do_the_data_names_those_that_do() -> None:
    with pytest.raises(
        RequestError, match=r"'gcond' needs nodes, which 'arrays' does not offer \(it offers .*\): use one of"
    ) as caught:
        recipe_for("gcond", task("image"), TWO, {})
    assert "dm" in str(caught.value)
    assert "gcond" not in str(caught.value).split("use one of")[1]


def test_an_unknown_method_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'herding'"):
        recipe_for("hearding", task("image"), TWO, {})


def test_underscores_read_as_hyphens() -> None:
    assert METHODS.get("k_means") is METHODS.get("k-means")


@pytest.mark.parametrize(
    ("codec", "expected"),
    [(None, ("raw", {})), ("multi-formation:factor=3,pad=0.5", ("multi-formation", {"factor": 3, "pad": 0.5}))],
)
def test_the_codec_is_the_recipes_or_the_modalitys(codec: str | None, expected: tuple[str, dict]) -> None:
    recipe = Recipe(start=random, contract=Contract("quick"), codec=codec)
    assert codec_of(recipe, task("image")) == expected


def test_assets_that_a_start_inside_of_a_start_reads_are_those_of_the_recipe() -> None:
    """Coreset search over what a latent space chooses: its autoencoder belongs into the card."""
    inner = LatentMedoids(Autoencoding(rounds=3, alone=1))
    recipe = Recipe(Searched(inner), Contract("tabular"), finish=(LabelUpdate(),))
    store, lessons = stores(recipe, task("tabular"))
    assert isinstance(lessons, Lessons), "what the teachers of the finish cost"
    assert isinstance(store, AutoencoderStore) and store.how == inner.autoencoder
