"""From tidy graphs to a task: split, target, what an item costs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError
from condenset.core.packed_graphs import mean_bytes
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.footprint import footprint, share
from condenset.tasks.graphs.raw import TidyGraphs
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.recognised import Recognised, drawn
from condenset.tasks.task import MODALITIES, Task

_LEAST = 3  # graphs of a class: one for each part of the split


@dataclass(frozen=True)
class Request:
    """What is asked of the graphs.

    Attributes:
        seed, test_fraction: of the split; as many graphs again choose settings.
        source: JSON-able arguments that open the task again; empty where only an object can.
    """

    seed: int
    test_fraction: float
    source: dict[str, Any]


def assemble(data: TidyGraphs, request: Request) -> Task:
    """The task of graphs. Raises `DataError` where they cannot be split, `RequestError` for an impossible share."""
    if not 0 < request.test_fraction < 0.5:
        raise RequestError(
            f"--test-fraction {request.test_fraction:g} is impossible: expected a share above 0 and below 0.5, since "
            "as many graphs again choose settings"
        )
    code, one_hot = code_target(data.labels, "classification"), data.nodes != "numbers"
    targets = code.encode(data.labels)
    parts = _split(targets, code, request)
    train = _part(data, targets, code, parts[0])
    view = InMemoryView(train, len(code.groups))
    native = mean_bytes(train.inputs, one_hot)
    files = share(data.files, len(parts[0]), len(targets))
    return Task(
        name=data.name,
        modality=MODALITIES.get("graphs"),
        input_spec=Leaf(train.inputs.shape, meaning="graphs", native=native),
        target=code.counted(view.counts()),
        groups=code.groups,
        train=view,
        held_out=partial(_part, data, targets, code, parts[2]),
        validation=_part(data, targets, code, parts[1]),
        preprocessing={
            "target": code.record(), "nodes": data.nodes, "one_hot": one_hot, "codes": list(data.codes),
        },
        fingerprint=_fingerprint(train),
        source=request.source,
        footprint=footprint(files, len(train), native + code.nbytes),
        recognised=_recognised(data, code, parts, request),
        more={"features": "pooled over nodes"},
    )  # fmt: skip


def _split(targets: Int[Tensor, " n"], code: TargetCode, request: Request) -> tuple[Tensor, Tensor, Tensor]:
    """Indices of the graphs to train, to choose and to test on, each in order: the same shares of every class.

    Raises `DataError` for a class of fewer than three graphs.
    """
    generator = Rng(request.seed).child("split").torch()
    parts: tuple[list[Tensor], list[Tensor], list[Tensor]] = ([], [], [])
    for number, name in enumerate(code.groups.names):
        members = (targets == number).nonzero().flatten()
        if len(members) < _LEAST:
            raise DataError(
                f"class {name!r} has {len(members)} graphs: a split into training, validation and test graphs needs "
                f"{_LEAST} of every class; add some, or merge it with another class"
            )
        members = members[torch.randperm(len(members), generator=generator)]
        away = max(1, round(request.test_fraction * len(members)))
        for part, chosen in zip(parts, members.split([len(members) - 2 * away, away, away]), strict=True):
            part.append(chosen)
    train, validation, test = (torch.cat(part).sort().values for part in parts)
    return train, validation, test


def _part(data: TidyGraphs, targets: Int[Tensor, " n"], code: TargetCode, index: Int[Tensor, " chosen"]) -> Batch:
    own = targets[index]
    return Batch(data.graphs.take(index), own, code.groups.of(own), torch.ones(len(index)))


def _fingerprint(train: Batch) -> dict[str, Any]:
    graphs, digest = train.inputs, hashlib.sha256()
    for part in (graphs.features, graphs.edges, graphs.sizes, train.targets):
        digest.update(part.contiguous().numpy().tobytes())
    return {"rows": len(train), "sha256": digest.hexdigest()}


def _recognised(data: TidyGraphs, code: TargetCode, parts: tuple[Tensor, ...], request: Request) -> Recognised:
    sizes, graphs = data.graphs.sizes, data.graphs
    mean, links = sizes.double().mean(), graphs.edges.shape[1] / 2 / len(graphs)
    width = graphs.features.shape[1]
    nodes = {"tags": f"{width} tags", "degrees": "their degree, for want of tags", "numbers": f"{width} numbers"}
    peculiar = "".join(f"; {text}" for text in data.kept)
    return Recognised(
        target=f"the class of a graph: {code.target.describe()}",
        inputs=f"{len(graphs)} graphs of {int(sizes.min())} to {int(sizes.max())} nodes, {mean:.1f} nodes "
        f"and {links:.1f} edges on average; nodes told by {nodes[data.nodes]}{peculiar}",
        dropped=data.dropped,
        test=drawn(len(parts[2]), request.test_fraction, request.seed, "graphs"),
        validation=f"{len(parts[1])} further graphs",
    )
