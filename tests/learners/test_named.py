"""Learners by name: their own, networks, and fields."""

from __future__ import annotations

import pytest

from condenset.core.errors import RequestError, UnknownNameError
from condenset.learners.estimators import Estimator
from condenset.learners.named import named_learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training


def test_a_name_is_a_learners_or_a_networks() -> None:
    forest = named_learner("forest:trees=7", Training(epochs=2))
    assert isinstance(forest, Estimator) and dict(forest.fields) == {"trees": 7}
    network = named_learner("mlp:width=8", Training(epochs=3))
    assert isinstance(network, NetworkTraining)
    assert (network.network, network.training.epochs) == ("mlp:width=8", 3)


def test_what_is_neither_is_refused_beside_both() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown learner 'ridge'.*forest.*logistic.*mlp"):
        named_learner("ridge:strength=1", Training(epochs=2))


@pytest.mark.parametrize(("name", "has"), [("forest:leaves=3", "trees"), ("logistic:trees=3", "none")])
def test_a_field_that_a_learner_lacks_is_named(name: str, has: str) -> None:
    with pytest.raises(RequestError, match=f"has no field '{name.split(':')[1][:-2]}': it has {has}"):
        named_learner(name, Training(epochs=2))
