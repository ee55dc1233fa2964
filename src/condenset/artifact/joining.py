"""Shards of one set as the whole: what they store, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from condenset.artifact.reading import Artifact
from condenset.core.errors import RequestError
from condenset.core.registries import CODECS, LABELS
from condenset.synthetic import SyntheticSet


def joined(shards: Sequence[Artifact]) -> SyntheticSet:
    """The set of all items. Raises `RequestError` where shards store their items differently."""
    first, sets = shards[0], [shard.synthetic for shard in shards]
    kinds = {repr((shard.card.codec, shard.card.labels, shard.card.task, shard.card.contract)) for shard in shards}
    if len(kinds) > 1 or any(one.rates() is not None or one.weights is not None for one in sets):
        raise RequestError(
            "these sets are no shards of one set: they differ in data, codec, labels or contract, or have rates or "
            "weights of their own"
        )
    codec: Any = CODECS.get(first.card.codec.name)
    labels: Any = LABELS.get(first.card.labels.kind)
    beside = [_same([one.codec.apart() for one in sets])] if codec.decodes_by_file else []
    fields = first.card.codec.fields
    stored = codec.restore(fields, _joined(sets, "codec", codec.decoder(fields)), *beside)
    told = labels.restore(_joined(sets, "labels", labels.decoder({})), first.card.task.target)
    return SyntheticSet(stored, told, torch.cat([one.groups for one in sets]), first.card.contract)


def _joined(sets: Sequence[SyntheticSet], part: str, decoder: tuple[str, ...]) -> dict[str, Tensor]:
    """Tensors (items, ...) of a part one after another; those that begin as `decoder` says, once."""
    states = [getattr(one, part).state_dict() for one in sets]
    joined = _same([{name: state[name] for name in state if name.startswith(decoder)} for state in states])
    for name in states[0].keys() - joined.keys():
        own = [state[name] for state in states]
        if not all(len(tensor) == len(one.groups) for tensor, one in zip(own, sets, strict=True)):
            raise RequestError(f"the {part} stores {name!r} for all items of a shard together: it cannot be joined")
        joined[name] = torch.cat(own)
    return joined


def _same(shards: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The tensors that every shard has alike. Raises `RequestError` where one has its own."""
    first, *others = shards
    for name, tensor in first.items():
        if not all(torch.equal(tensor, other[name]) for other in others):
            raise RequestError(
                f"shards have {name!r} of their own, by which all items of a set decode: they cannot be joined; take a "
                "codec and labels whose items share nothing, such as raw and hard"
            )
    return first
