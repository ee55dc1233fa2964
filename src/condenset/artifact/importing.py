"""Reads the sets that others released: DC/DSA/DM and MTT files of images, GCond pairs of features and edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from condenset.artifact.label_allocation import label_allocation
from condenset.codecs.graph_nodes import GraphNodes
from condenset.codecs.raw import Raw
from condenset.core.errors import ArtifactError, BudgetError, RequestError, UnknownNameError, as_artifact_error
from condenset.core.untrusted_file import expect_stored, load_tensors
from condenset.labels.hard import Hard
from condenset.labels.label import Labels
from condenset.labels.soft import Soft
from condenset.synthetic import MOST_RATE, Contract, SyntheticSet
from condenset.tasks.task import Task

_SCALAR = np._core.multiarray.scalar  # type: ignore[attr-defined]  # in which DC's files keep their accuracies
_HARMLESS = [
    (_SCALAR, "numpy.core.multiarray.scalar"),
    _SCALAR,
    np.dtype,
    np.dtypes.Float64DType,
    np.dtypes.Float32DType,
]


@dataclass(frozen=True)
class _Release:
    file: Path
    task: Task
    run: int | None
    rate: float | None


def import_set(
    file: str | Path, format: str, *, task: Task, run: int | None = None, rate: float | None = None
) -> SyntheticSet:
    """A released set, with the training contract of its paper's exam. Pickled objects other than tensors are refused.

    Args:
        file: the file that holds the images (items, channels, height, width), or either one of GCond's two, features
            (nodes, features) and adjacency (nodes, nodes).
        format: "dc" (`res_*.pt` of DC, DSA and DM), "mtt" (`images_best.pt` with `labels_best.pt` beside it, also of
            TESLA, FTD and DATM) or "gcond" (`adj_*.pt` and `feat_*.pt`; labels follow from the training labels).
        task: the data that the set was distilled from, preprocessed as the release did it (whitened by zca, for one).
        run: for "dc", which of the file's sets, from 0; the first one by default.
        rate: for "mtt", the learnt learning rate where no `lr_best.pt` lies beside the images.

    Raises `UnknownNameError` for the format, `ArtifactError` for a file that is missing, damaged or hostile or does
    not fit the task, and `RequestError` for an option that does not fit the format.
    """
    if format not in _FORMATS:
        raise UnknownNameError("import format", format, _FORMATS)
    for name, value, owner in (("run", run, "dc"), ("rate", rate, "mtt")):
        if value is not None and format != owner:
            raise RequestError(f"{name}={value} does not fit format {format!r}: only {owner!r} has it, leave it out")
    return _FORMATS[format](_Release(Path(file), task, run, rate))


def _import_dc(release: _Release) -> SyntheticSet:
    content = _load(release.file)
    sets = content.get("data") if isinstance(content, dict) else None
    if not isinstance(sets, list) or not sets:
        raise ArtifactError(f'{release.file} holds no list "data" of [images, labels]: it is no file of DC, DSA or DM')
    run = release.run or 0
    if not 0 <= run < len(sets):
        raise RequestError(f"run {run} of {release.file} does not exist: it holds runs 0 to {len(sets) - 1}")
    if not isinstance(sets[run], list | tuple) or len(sets[run]) != 2:
        raise ArtifactError(f"{release.file}: run {run} is no pair [images, labels]")
    images, labels = sets[run]
    return _image_set(release, images, labels, Contract("dsa2021"), None)


def _import_mtt(release: _Release) -> SyntheticSet:
    images = _load(release.file)
    labels = _load(_beside(release.file, "images", "labels"))
    rate = release.rate
    rate_file = release.file.with_name(release.file.name.replace("images", "lr"))
    if rate is None and rate_file != release.file and rate_file.exists():
        rate = float(_expect_tensor(rate_file, torch.as_tensor(_load(rate_file))).flatten()[0])
    if rate is None:
        raise RequestError(
            f"the learnt learning rate of {release.file} is not stored with it, and without it the set loses several "
            f"points: give rate=, from the log of the run, or put it into {rate_file.name} beside the images"
        )
    if not 0 < rate <= MOST_RATE:
        raise RequestError(f"rate is {rate}: expected a learning rate above 0, and at most {MOST_RATE:g}")
    return _image_set(release, images, labels, Contract("mtt2022"), torch.tensor([rate]))


def _import_gcond(release: _Release) -> SyntheticSet:
    pair = [release.file, _beside(release.file, "adj", "feat")]
    adjacency, features = (_expect_tensor(path, _load(path)) for path in pair)
    if release.file.name.startswith("feat"):
        adjacency, features = features, adjacency
    _expect_shape(release.file, "features", features, (len(features), *release.task.input_spec.shape))
    _expect_shape(release.file, "adjacency", adjacency, (len(features), len(features)))
    train = release.task.train.all()
    known = train.targets[train.examples()]
    try:
        # slightly above the ratio, since int(count * ratio) must not fall short by the last bit
        labels, _ = label_allocation(known, min(1.0, len(features) / len(known) * (1 + 1e-9)))
        codec: Any = GraphNodes(features, adjacency)
    except BudgetError as error:
        raise ArtifactError(
            f"{release.file}: labels cannot follow from those of {release.task.name}: {error}"
        ) from error
    except RequestError as error:
        raise ArtifactError(f"{release.file}: {error}") from error
    if len(labels) != len(features):
        raise ArtifactError(
            f"{release.file} has {len(features)} nodes and the {len(known)} training labels of {release.task.name} "
            f"give {len(labels)}: it was condensed from other data"
        )
    return SyntheticSet(codec, Hard.encode(labels, release.task.target), labels.clone(), Contract("gcond2022"))


_FORMATS: dict[str, Callable[[_Release], SyntheticSet]] = {
    "dc": _import_dc,
    "mtt": _import_mtt,
    "gcond": _import_gcond,
}


def _image_set(release: _Release, images: Any, labels: Any, contract: Contract, rates: Tensor | None) -> SyntheticSet:
    task, file = release.task, release.file
    images, labels = _expect_tensor(file, images), _expect_tensor(file, labels)
    _expect_shape(file, "images", images, (len(images), *task.input_spec.shape))
    kind: Labels
    if labels.is_floating_point():
        _expect_shape(file, "soft labels", labels, (len(images), task.target.outputs))
        kind = Soft(labels)
    else:
        _expect_shape(file, "labels", labels, (len(images),))
        labels = labels.long()
        if not 0 <= int(labels.min()) <= int(labels.max()) < task.target.outputs:
            span = f"{int(labels.min())} to {int(labels.max())}"
            raise ArtifactError(f"{file} has labels {span}: {task.name} has classes 0 to {task.target.outputs - 1}")
        kind = Hard.encode(labels, task.target)
    return SyntheticSet(Raw(images), kind, task.groups.of(labels), contract, rates)


def _load(path: Path) -> Any:
    with as_artifact_error():
        return load_tensors(path, _HARMLESS)


def _beside(path: Path, one: str, other: str) -> Path:
    """The file of the same name with `one` at its beginning for `other`, or the reverse."""
    for here, there in ((one, other), (other, one)):
        if path.name.startswith(here):
            return path.with_name(there + path.name.removeprefix(here))
    raise ArtifactError(
        f"{path} is named neither {one}* nor {other}*: its partner cannot be found; keep released names"
    )


def _expect_tensor(path: Path, value: Any) -> Tensor:
    if not isinstance(value, Tensor) or value.layout != torch.strided or value.numel() == 0:
        raise ArtifactError(f"{path} holds {type(value).__name__} where a tensor with values was expected")
    with as_artifact_error():
        expect_stored(value, f"{path}: a tensor")
    if not bool(torch.isfinite(value).all()):
        raise ArtifactError(f"{path} holds values that are not finite: the set cannot be used")
    return value.detach()


def _expect_shape(path: Path, what: str, tensor: Tensor, expected: tuple[int, ...]) -> None:
    if tuple(tensor.shape) != expected:
        raise ArtifactError(
            f"{path}: {what} are {tuple(tensor.shape)}, expected {expected}: it was made for other data"
        )
