"""Real examples in place of learnt ones: of every item the nearest of its group, which people can look at and read."""

from __future__ import annotations

from typing import Any

import torch

from condenset.core.errors import RequestError
from condenset.core.fields import split_name
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.starts.medoids import nearest as closest
from condenset.starts.start import candidates, represented
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def nearest(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
    """The same labels on real examples, stored as the kind of data stores them; none is taken twice.

    Of data on disk the examples are chosen from a random part of the group. Raises `RequestError` where an item decodes
    to several examples.
    """
    batch, examples = synthetic.decode().detach(), represented(task)
    if not torch.equal(synthetic.origin.cpu(), torch.arange(len(synthetic.groups))):
        raise RequestError(
            "an item of this set is no single example: the finish nearest cannot replace it by a real one"
        )
    vectors, chosen = task.modality.represent(batch.inputs), torch.zeros(len(batch), dtype=torch.int64)
    for group in range(task.train.groups):
        own = (batch.groups == group).nonzero().flatten()
        if len(own):
            free = candidates(task, group, len(own))
            chosen[own.cpu()] = free[closest(examples(free)[0], vectors[own])]
    name, options = split_name(task.modality.codec)
    codec: Any = CODECS.get(name)
    return synthetic.replaced(codec=codec.encode(task.train.cut_out(chosen).inputs, task, **options).to(task.device))


FINISH = nearest
