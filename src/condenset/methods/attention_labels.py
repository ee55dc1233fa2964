"""Attention labels: a few texts as word vectors teach a transformer in one step, by labels and by where it is to look.

A set is valid for one network alone: the task's known `text-transformer`, whose word vectors are the encoder's. More
steps: `--set objective.solver.inner.steps=3 --set rates.steps=3 --set contract.epochs=3`. Differences from the paper: a
transformer that its word vectors alone make pretrained, in place of BERT, whose classifier begins at 0; 16 places in
place of 512, which begin at real words; the rate is log-parameterised; the set is that of the last step, not the best.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.risk import Risk, Unrolled
from condenset.recipe import Method, Optimiser, Rates, Recipe
from condenset.sources.known import KnownNetwork
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """One step of plain gradient descent on the whole set, from the known network."""
    return Recipe(
        start=random,
        codec="attended-texts",
        labels="logits",
        objective=Risk(Unrolled(InnerLoop(1)), examples=128),
        source=KnownNetwork(),
        network="text-transformer:head=0",
        optimisers=dict.fromkeys(("data", "attention", "labels", "rate"), Optimiser("adam", 0.01, final=0.0, clip=1.0)),
        rates=Rates(initial=0.1),
        steps=200,
        contract=Contract("dd2018", "fixed", 1, "known", {"valid for": "the known network of this recipe alone"}),
    )


METHOD = Method(
    family="bilevel",
    title="Dataset Distillation with Attention Labels for Fine-tuning BERT",
    venue="ACL",
    year=2023,
    doi="10.18653/v1/2023.acl-short.12",
    needs=("language", "classes"),
    recipe=recipe,
)
