"""What a set must beat: random, random with the same labels, herding, k-center and k-means at the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.codecs.codec import CODECS
from condenset.core.batch import Batch
from condenset.core.budget import Size
from condenset.core.errors import UnknownNameError
from condenset.core.fields import split_name
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.recipe import Recipe, budgeted
from condenset.starts.start import STARTS
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.part import resampled as resampled_view
from condenset.tasks.task import Task

RIVALS = ("random", "herding", "k-center", "k-means")  # of every kind of data
_BY_CHANCE = ("random", "k-means")  # whose draws differ without other data, of which they would see a part only
BASELINES = ("random", "random-same-labels", "herding", "k-center", "k-means", "rivals", "full")


def expanded(names: Sequence[str], task: Task) -> tuple[str, ...]:
    """Baselines by their names, with the coreset methods that are rivals of the task's own kind for "rivals".

    Raises `UnknownNameError`.
    """
    own = task.modality.rivals
    for name in names:
        if name not in (*BASELINES, *own):
            raise UnknownNameError("baseline", name, (*BASELINES, *own))
    return tuple(dict.fromkeys(part for name in names for part in (own if name == "rivals" else (name,))))


def baseline_batch(
    name: str, synthetic: SyntheticSet, task: Task, rng: Rng, resampled: bool = False, natural: bool = False
) -> tuple[Batch, int] | None:
    """The named baseline as a decoded batch and its bytes, at no more bytes than the set's.

    None where it does not apply: random with the same labels, when the labels are hard (then it is random), and the
    full data, when they do not fit into memory.

    Args: name, one that `expanded` gives; resampled, whether what leaves nothing to chance is chosen from a sample of
    the data, so that draws differ as those of other data would; natural, whether examples are priced as the data hold
    them, not as sets store them: for a set that was made within bytes, not of so many items.
    """
    price = _price(task, natural)
    if name in task.modality.rivals:
        counts, recipe = budgeted(name, task, Size(bytes=synthetic.nbytes().total), {})
        chosen = begin(task, recipe, counts, rng)
        return chosen.decode().detach(), chosen.nbytes().total
    if name == "full":
        if not task.train.fits:
            return None
        batch = task.train.all()
        return batch, price * len(task.train)
    if name != "random-same-labels":
        counts = _counts(synthetic, task, price)
        batch, size = _coreset(name, counts, task, rng, resampled=resampled and name not in _BY_CHANCE)
        return batch, price * int(counts.sum()) if natural else size
    decoded = synthetic.decode().detach()
    if not synthetic.labels.learnt:
        return None
    random, _ = _coreset("random", _items_per_group(decoded.groups, task), task, rng)
    order = decoded.groups.argsort(stable=True)  # random examples come group after group
    same = replace(random, targets=decoded.targets[order], groups=decoded.groups[order])
    return same, synthetic.nbytes().total


def _coreset(
    name: str, counts: Int[Tensor, " groups"], task: Task, rng: Rng, resampled: bool = False
) -> tuple[Batch, int]:
    if resampled:
        task = replace(task, train=resampled_view(task.train, counts, rng.child("data")))
    recipe = Recipe(start=STARTS.get(name), contract=Contract(exam="fair"))
    chosen = begin(task, recipe, counts, rng)
    return chosen.decode().detach(), chosen.nbytes().total


def _counts(synthetic: SyntheticSet, task: Task, price: int) -> Int[Tensor, " groups"]:
    """Items per group that fit the set's bytes, in the set's own proportions; at least one, as many as there are."""
    items = _items_per_group(synthetic.groups, task)
    affordable = synthetic.nbytes().total // price
    counts = (items * affordable // items.sum()).clamp(min=1)
    return torch.minimum(counts, task.train.counts())


def _items_per_group(groups: Int[Tensor, " items"], task: Task) -> Int[Tensor, " groups"]:
    return torch.bincount(groups.cpu(), minlength=len(task.groups))


def _price(task: Task, natural: bool) -> int:
    """Bytes of an example with its label as sets store it, or in its natural format where that takes less."""
    name, options = split_name(task.modality.codec)
    codec: Any = CODECS.get(name)
    stored: int = codec.item_bytes(task.input_spec, **options) + task.target.hard_bytes
    return min(stored, task.footprint.example or stored) if natural else stored
