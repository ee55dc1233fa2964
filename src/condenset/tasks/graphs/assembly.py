"""From tidy graphs to a task: split, what an item costs, what is said of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial

import pandas as pd
import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import DataError, RequestError
from condenset.core.graphs import Graphs
from condenset.core.packed_graphs import mean_bytes
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.footprint import share
from condenset.tasks.graphs.raw import TidyGraphs
from condenset.tasks.labelled.assembly import Asked, LabelledData, Reading, labelled_task
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.recognised import drawn
from condenset.tasks.task import Task

_LEAST = 3  # graphs of a class: one for each part of the split


@dataclass(frozen=True)
class Part:
    """Graphs (n,) with their labels (n,)."""

    graphs: Graphs
    labels: pd.Series

    def __len__(self) -> int:
        return len(self.graphs)

    def at(self, index: Int[Tensor, " chosen"]) -> Part:
        """Those at these places."""
        return Part(self.graphs.take(index), self.labels.iloc[index.numpy()].reset_index(drop=True))


def assemble(data: TidyGraphs, asked: Asked) -> Task:
    """The task of graphs. Raises `DataError` where they cannot be split, `RequestError` for an impossible share."""
    fraction = asked.test_fraction
    if not 0 < fraction < 0.5:
        raise RequestError(
            f"--test-fraction {fraction:g} is impossible: expected a share above 0 and below 0.5, since "
            "as many graphs again choose settings"
        )
    code = code_target(data.labels, "classification")
    targets = code.encode(data.labels)
    places = _split(targets, code, asked)
    train, validation, test = map(Part(data.graphs, data.labels).at, places)
    parts = LabelledData(
        name=data.name,
        train=train,
        sha256=_digest(train.graphs, targets[places[0]]),
        test=test,
        validation=validation,
        files=share(data.files, len(train), len(targets)),
        tested=drawn(len(test), fraction, asked.seed, "graphs"),
        validated=f"{len(validation)} further graphs",
    )
    return labelled_task("graphs", parts, partial(_read, data=data), asked, code=code)


def _read(parts: LabelledData, code: TargetCode, data: TidyGraphs) -> Reading:
    one_hot = data.nodes != "numbers"
    native = mean_bytes(parts.train.graphs, one_hot) if len(parts.train) else 0  # none left is refused later on
    return Reading(
        spec=Leaf(data.graphs.shape, meaning="graphs", native=native),
        inputs=_inputs,
        nbytes=native,
        told=_told(data),
        target="the class of a graph",
        dropped=data.dropped,
        preprocessing={"target": code.record(), "nodes": data.nodes, "one_hot": one_hot, "codes": list(data.codes)},
        resources={"features": "pooled over nodes"},
    )


def _inputs(part: Part) -> Inputs:
    return part.graphs


def _split(targets: Int[Tensor, " n"], code: TargetCode, asked: Asked) -> tuple[Tensor, Tensor, Tensor]:
    """Indices of the graphs to train, to choose and to test on, each in order: the same shares of every class.

    Raises `DataError` for a class of fewer than three graphs.
    """
    generator = Rng(asked.seed).child("split").torch()
    parts: tuple[list[Tensor], list[Tensor], list[Tensor]] = ([], [], [])
    for number, name in enumerate(code.groups.names):
        members = (targets == number).nonzero().flatten()
        if len(members) < _LEAST:
            raise DataError(
                f"class {name!r} has {len(members)} graphs: a split into training, validation and test graphs needs "
                f"{_LEAST} of every class; add some, or merge it with another class"
            )
        members = members[torch.randperm(len(members), generator=generator)]
        away = max(1, round(asked.test_fraction * len(members)))
        for part, chosen in zip(parts, members.split([len(members) - 2 * away, away, away]), strict=True):
            part.append(chosen)
    train, validation, test = (torch.cat(part).sort().values for part in parts)
    return train, validation, test


def _digest(graphs: Graphs, targets: Int[Tensor, " n"]) -> str:
    digest = hashlib.sha256()
    for part in (graphs.features, graphs.edges, graphs.sizes, targets):
        digest.update(part.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _told(data: TidyGraphs) -> str:
    sizes, graphs = data.graphs.sizes, data.graphs
    mean, links = sizes.double().mean(), graphs.edges.shape[1] / 2 / len(graphs)
    width = graphs.features.shape[1]
    nodes = {"tags": f"{width} tags", "degrees": "their degree, for want of tags", "numbers": f"{width} numbers"}
    peculiar = "".join(f"; {text}" for text in data.kept)
    return (
        f"{len(graphs)} graphs of {int(sizes.min())} to {int(sizes.max())} nodes, {mean:.1f} nodes "
        f"and {links:.1f} edges on average; nodes told by {nodes[data.nodes]}{peculiar}"
    )
