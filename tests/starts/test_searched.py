"""Of many draws the one is taken that learners do best with, by validation data where there are some."""

from __future__ import annotations

from dataclasses import replace

import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.starts.random import random
from condenset.starts.searched import Searched
from condenset.tasks.task import Task
from tests.examples import blobs

COUNTS = torch.tensor([1, 1, 1])
LEARNERS = ("logistic",)


def scores(task: Task, drawn: list[Batch], judges: Batch) -> list[float]:
    search = Searched(random, learners=LEARNERS)
    return [search._score(batch, task, judges, Rng(9)) for batch in drawn]


def test_the_best_of_its_draws_is_taken() -> None:
    task, drawn = blobs(spread=2.0), []

    def watched(*asked: object) -> Batch:
        drawn.append(random(*asked))  # type: ignore[arg-type]
        return drawn[-1]

    chosen = Searched(watched, draws=12, learners=LEARNERS)(task, COUNTS, Rng(0))
    reached = scores(task, drawn, task.train.all())
    assert len({tuple(batch.inputs.flatten().tolist()) for batch in drawn}) == 12
    assert scores(task, [chosen], task.train.all()) == [max(reached)]
    assert max(reached) > sorted(reached)[6] + 0.05


def test_validation_data_judge_where_there_are_some() -> None:
    task = blobs(spread=2.0)
    batch = task.train.all()
    turned = replace(batch, targets=(batch.targets + 1) % 3)
    chosen = Searched(random, 12, LEARNERS)(replace(task, validation=turned), COUNTS, Rng(0))
    usual = Searched(random, 12, LEARNERS)(task, COUNTS, Rng(0))
    assert scores(task, [chosen], turned) > scores(task, [usual], turned)


def test_the_same_seed_finds_the_same() -> None:
    first, again = (Searched(random, 5, LEARNERS)(blobs(), COUNTS, Rng(3)) for _ in range(2))
    assert torch.equal(first.inputs, again.inputs)
