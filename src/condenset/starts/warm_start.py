"""A warm start: the items of a set that is there, and where a group is to have more, those of another start."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch, concatenate
from condenset.core.errors import BudgetError, RequestError
from condenset.core.rng import Rng
from condenset.starts.start import Start
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_RATES = "log_rates"  # of a set's tensors the one that speaks of no item
_OWN = (_RATES, "weights")  # those that are not kept as they are: weights are a finish's, made again by it


@dataclass(frozen=True)
class WarmStart:
    """A set as a start. As any start it gives examples; a set that stores alike keeps its items as they are.

    Attributes:
        synthetic: the set, which knows what it was made of.
        sha256: of its stored tensors.
        further: a start that is asked for as many items as there are to be; those beyond the set's follow these.
    """

    synthetic: SyntheticSet
    sha256: str
    further: Start

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, the decoded ones of the set first.

        Raises `RequestError` where these are not such as the data have or cannot be filled up, `BudgetError` where a
        group has more of them.
        """
        self._expect_fit(task)
        own = self.synthetic.decode().detach()
        there = _expect_room(own.groups, counts, task, "examples")
        items = self.synthetic.origin.argsort(stable=True)  # some codecs decode their items in turns
        own = own.cut_out(items[own.groups[items].argsort(stable=True)]).to(task.device)
        if torch.equal(there, counts):
            return own
        if structure.joint(own.inputs):
            raise RequestError(
                f"{int(counts.sum())} items were asked for and the start has {len(own)}, which are read together, so "
                f"that none can be put beside them: ask for as many, --size {len(own)}"
            )
        others = self.further(task, counts, rng)
        return _joined(own, others.cut_out((~_first(there, counts)).nonzero().flatten().to(task.device)), task)

    def kept_in(self, begun: SyntheticSet, task: Task) -> bool:
        """Whether a set stores items alike; the first of every group are then these, bit by bit.

        Learnt rates are kept, too, where it learns as many. Args: begun, the set as `further` begins it. Raises as a
        call does.
        """
        self._expect_fit(task)
        if _kind(self.synthetic) != _kind(begun):
            return False
        counts = torch.bincount(begun.groups.cpu(), minlength=len(task.groups))
        there = _expect_room(self.synthetic.groups, counts, task, "items")
        kept = _kept(self.synthetic, begun, _first(there, counts))
        if kept is None:
            return False
        rates = [one.state_dict().get(_RATES) for one in (self.synthetic, begun)]
        if rates[0] is not None and rates[1] is not None and rates[0].shape == rates[1].shape:
            kept[_RATES] = rates[0]
        begun.load_state_dict(begun.state_dict() | {name: part.to(begun.groups.device) for name, part in kept.items()})
        return True

    def _expect_fit(self, task: Task) -> None:
        known = self.synthetic.provenance
        if known is None:
            raise RequestError("the start does not know what it was made of: take a set that distill or load returned")
        mine = type(known.target), known.target.outputs, known.groups
        if mine != (type(task.target), task.target.outputs, task.groups.names):
            raise RequestError(
                f"the start holds examples {known.target.content()}, and {task.name!r} has those "
                f"{task.target.content()}: begin at a set of the same classes or numbers"
            )
        apart = sorted(known.preprocessing.keys() ^ task.preprocessing.keys())
        if apart:
            raise RequestError(
                f"the start lives among other inputs than the data are opened as: only one of them has "
                f"{', '.join(apart)}; open the data as they were for the start"
            )
        try:
            structure.expect_fit(self.synthetic.decode().inputs, task.input_spec)
        except RequestError as error:
            raise RequestError(f"the start does not fit the data {task.name!r}: {error}; begin at another") from error


def _expect_room(
    groups: Int[Tensor, " n"], counts: Int[Tensor, " groups"], task: Task, what: str
) -> Int[Tensor, " groups"]:
    """How many of `what` there are of every group (groups,). Raises `BudgetError` where one has more than counts."""
    there = torch.bincount(groups.cpu(), minlength=len(counts))
    group = int((there / counts).argmax())
    if there[group] > counts[group]:
        larger = math.ceil(10 * int(there[group]) / int(counts[group])) / 10
        raise BudgetError(
            f"the start has {there[group]} {what} of {task.groups.names[group]!r} and this budget holds "
            f"{counts[group]}: give one that is {larger:g} times as large, or more"
        )
    return there


def _first(there: Int[Tensor, " groups"], counts: Int[Tensor, " groups"]) -> Bool[Tensor, " n"]:
    """Of `counts[g]` of every group g, group after group, which are among its first `there[g]`."""
    return torch.cat([torch.arange(count) < own for count, own in zip(counts.tolist(), there.tolist(), strict=True)])


def _joined(own: Batch, others: Batch, task: Task) -> Batch:
    """All examples, group after group, of each its own first; labels are soft where those of either are."""
    if task.target.is_soft(own.targets) != task.target.is_soft(others.targets):
        own, others = (replace(part, targets=task.target.matrix(part.targets)) for part in (own, others))
    batch = concatenate([own, others])
    return batch.cut_out(batch.groups.argsort(stable=True))


def _kind(synthetic: SyntheticSet) -> tuple[object, ...]:
    """How a set is stored."""
    return type(synthetic.codec), synthetic.codec.fields(), type(synthetic.labels)


def _kept(old: SyntheticSet, new: SyntheticSet, places: Bool[Tensor, " items"]) -> dict[str, Tensor] | None:
    """The new set's tensors with the old one's items in these places; None where a tensor does not list items.

    Where there are no further items, all tensors are the old one's, whatever they are.
    """
    states = [one.state_dict() for one in (old, new)]
    stored = [{name: tensor.cpu() for name, tensor in state.items() if name not in _OWN} for state in states]
    pairs = {name: (stored[0][name], stored[1][name]) for name in stored[1]}
    if torch.equal(*pairs["groups"]):
        return stored[0] if all(a.shape == b.shape for a, b in pairs.values()) else None
    order = old.groups.argsort(stable=True)
    if len(order) == len(places):  # in another order, which tensors that all items share could not follow
        return None
    kept = {}
    for name, (tensor, further) in pairs.items():
        own, rows = _by_item(tensor, len(order)), _by_item(further, len(places))
        if own is None or rows is None or own.shape[1:] != rows.shape[1:]:
            return None
        filled = rows.clone()
        filled[places] = own[order]
        kept[name] = filled.flatten(0, 1)
    return kept


def _by_item(tensor: Tensor, items: int) -> Tensor | None:
    """A tensor as (items, rows of each, ...); None where it does not have as many rows for every item."""
    return tensor.unflatten(0, (items, -1)) if tensor.dim() and len(tensor) % items == 0 else None
