"""Shards of one set as the whole: what they store, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from condenset.artifact.reading import Artifact
from condenset.codecs.codec import CODECS
from condenset.core.errors import RequestError
from condenset.labels.label import LABELS
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
    stored = codec.restore(first.card.codec.fields, _joined(sets, "codec", codec))
    told = labels.restore(_joined(sets, "labels", labels), first.card.task.target)
    return SyntheticSet(stored, told, torch.cat([one.groups for one in sets]), first.card.contract)


def _joined(sets: Sequence[SyntheticSet], part: str, kind: Any) -> dict[str, Tensor]:
    """Tensors (items, ...) of a part one after another; what all items share, once."""
    states, shared = [getattr(one, part).state_dict() for one in sets], getattr(kind, "shared", ())
    joined = {}
    for name, tensor in states[0].items():
        own = [state[name] for state in states]
        if name in shared and all(torch.equal(tensor, other) for other in own):
            joined[name] = tensor
        elif name not in shared and all(len(other) == len(one.groups) for other, one in zip(own, sets, strict=True)):
            joined[name] = torch.cat(own)
        else:
            raise RequestError(
                f"{kind.__name__} stores {name!r} for all items of a shard together: it cannot be joined"
            )
    return joined
