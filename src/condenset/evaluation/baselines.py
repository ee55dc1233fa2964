"""What a set must beat: random, random with the same labels, herding, k-center and k-means at the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.budget import Size, shared_out
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.fields import split_name
from condenset.core.registries import CODECS, STARTS
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.recipe import Recipe, budgeted
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.part import resampled as resampled_view
from condenset.tasks.task import Task

RIVALS = ("random", "herding", "k-center", "k-means")  # of every kind of data
_SAME_LABELS = "random-same-labels"
_BY_CHANCE = ("random", "k-means")  # whose draws differ without other data, of which they would see a part only
BASELINES = ("random", _SAME_LABELS, "herding", "k-center", "k-means", "rivals", "full")


def expanded(names: Sequence[str], task: Task) -> tuple[str, ...]:
    """Baselines by their names, with the coreset methods that are rivals of the task's own kind for "rivals".

    Raises `UnknownNameError`.
    """
    own = (*task.modality.rivals, *task.modality.compressed)
    for name in names:
        if name not in (*BASELINES, *own):
            raise UnknownNameError("baseline", name, (*BASELINES, *own))
    return tuple(dict.fromkeys(part for name in names for part in (own if name == "rivals" else (name,))))


def applying(names: Sequence[str], task: Task, learnt: bool, within: int | None) -> tuple[str, ...]:
    """Those that apply to a set: random with the same labels, where labels are learnt (else it is random); compressed
    examples, where the set was made within bytes and not of so many items.

    Args: learnt, whether its labels are; within, as of `baseline_batch`.
    """
    left_out = {*(() if learnt else (_SAME_LABELS,)), *(() if within else task.modality.compressed)}
    return tuple(name for name in names if name not in left_out)


def baseline_batch(
    name: str, synthetic: SyntheticSet, task: Task, rng: Rng, resampled: bool = False, within: int | None = None
) -> tuple[Batch, int] | None:
    """The named baseline as a decoded batch and its bytes, at no more bytes than the set's.

    None where it does not apply, see `applying`, for full data that do not fit into memory, and for a rival that the
    bytes have no room for, such as pictures that compress to no fewer bits than these.

    Args: name, one that `expanded` gives; resampled, whether what leaves nothing to chance is chosen from a sample of
    the data, so that draws differ as those of other data would; within, the bytes that the set was made within, where
    its budget was not one of so many items: baselines then have all of them, so that they are the same for all sets of
    this budget, and are priced as the data hold examples, not as sets store them.
    """
    learnt, price = synthetic.labels.learnt, _price(task, within is not None)
    if not applying([name], task, learnt, within):
        return None
    size = max(within or 0, synthetic.nbytes().total)
    if name in (*task.modality.rivals, *task.modality.compressed):
        return _rival(name, task, Size(bytes=size), rng)
    if name == "full":
        if not task.train.fits:
            return None
        batch = task.train.all()
        return batch, price * len(task.train)
    if name != _SAME_LABELS:
        counts = _affordable(size // price, task) if within else _counts(synthetic, size // price, task)
        batch, stored = _coreset(name, counts, task, rng, resampled=resampled and name not in _BY_CHANCE)
        return batch, price * int(counts.sum()) if within else stored
    decoded = synthetic.decode().detach()
    random, _ = _coreset("random", _items_per_group(decoded.groups, task), task, rng)
    order = decoded.groups.argsort(stable=True)  # random examples come group after group
    same = replace(random, targets=decoded.targets[order], groups=decoded.groups[order])
    return same, synthetic.nbytes().total


def _rival(name: str, task: Task, size: Size, rng: Rng) -> tuple[Batch, int] | None:
    try:
        counts, recipe = budgeted(name, task, size, {})
        chosen = begin(task, recipe, counts, rng)
    except RequestError:
        return None
    return chosen.decode().detach(), chosen.nbytes().total


def _coreset(
    name: str, counts: Int[Tensor, " groups"], task: Task, rng: Rng, resampled: bool = False
) -> tuple[Batch, int]:
    if resampled:
        sample = resampled_view(task.train, counts, rng.child("data"))
        task = task.learning_from(sample, *(sample.members(group) for group in range(sample.groups)))
    recipe = Recipe(start=STARTS.get(name), contract=Contract(exam="fair"))
    chosen = begin(task, recipe, counts, rng)
    return chosen.decode().detach(), chosen.nbytes().total


def _affordable(items: int, task: Task) -> Int[Tensor, " groups"]:
    """So many items per group, as a budget shares them out; at least one each, as many as there are."""
    available = task.train.counts()
    return shared_out(min(max(items, len(available)), int(available.sum())), available)


def _counts(synthetic: SyntheticSet, items: int, task: Task) -> Int[Tensor, " groups"]:
    """So many items per group, in the set's own proportions; at least one each, as many as there are."""
    own = _items_per_group(synthetic.groups, task)
    counts = (own * items // own.sum()).clamp(min=1)
    return torch.minimum(counts, task.train.counts())


def _items_per_group(groups: Int[Tensor, " items"], task: Task) -> Int[Tensor, " groups"]:
    return torch.bincount(groups.cpu(), minlength=len(task.groups))


def _price(task: Task, natural: bool) -> int:
    """Bytes of an example with its label as sets store it, or in its natural format where that takes less."""
    name, options = split_name(task.modality.codec)
    codec: Any = CODECS.get(name)
    stored: int = codec.item_bytes(task.input_spec, **options) + task.target.hard_bytes
    return min(stored, task.footprint.example or stored) if natural else stored
