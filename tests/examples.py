"""Small tasks, sets and networks made in code, shared by the tests of the rooms."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from sklearn.datasets import load_digits
from torch import Tensor

from condenset.artifact import load
from condenset.codecs.raw import Raw
from condenset.core.batch import Batch
from condenset.core.execution import HERE
from condenset.core.groups import ByClass
from condenset.core.registries import LEARNERS, MODALITIES
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.labels.hard import Hard
from condenset.labels.soft import Soft
from condenset.learners.training import Training
from condenset.nets.network import Network
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.catalogue import open_task
from condenset.tasks.image import images_from_arrays
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.targets.classification import Classification
from condenset.tasks.task import Task
from tests.nets.test_convnet import released
from tests.networks import drawn

# Changes by which a method of each objective on images takes no time.
QUICK: dict[str, dict[str, Any]] = {
    "dm": {"steps": 3, "source.size": 1, "source.renew_every": 100, "objective.per_group": 10},
    "dc": {
        "steps": 3,
        "objective.per_group": 10,
        "network": "convnet:width=8,depth=2",
        "start": "random",
        "source.inner": 2,
    },
    "mtt": {
        "steps": 3,
        "objective.inner.steps": 5,
        "network": "convnet:width=8,depth=2",
        "source.starts.end": 1,
        "source.experts.count": 1,
        "source.experts.examples": 100,
    },
}
_MEANINGS = {"image": "grid", "tabular": "features", "graph": "nodes"}


def normal(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Standard normal numbers of their own stream."""
    return torch.randn(*shape, generator=Rng(seed).child("test").torch(), dtype=dtype)


def waves(items: int, channels: int, height: int, width: int) -> Tensor:
    """Smooth images, as photos are, each another one."""
    phases = 6 * torch.rand(items, channels, 1, 1, generator=Rng(0).torch())
    down, across = torch.arange(height)[:, None] / 5, torch.arange(width) / 7
    return (down + phases).sin() + (across * phases).cos()


def stored_bytes(synthetic: SyntheticSet, folder: Path) -> int:
    """Of what a set saved there holds of data and labels; it must decode to the same."""
    saved = synthetic.save(folder)
    assert torch.equal(load(saved).decode().inputs, synthetic.decode().inputs)
    tensors = load_file(saved / "data.safetensors")
    return sum(t.nbytes for name, t in tensors.items() if name.startswith(("codec/", "labels/")))


def batch_of(inputs: Tensor, labels: Tensor, weight: Tensor | None = None) -> Batch:
    """Hard-labelled examples, grouped by class."""
    return Batch(inputs, labels, labels, torch.ones(len(labels)) if weight is None else weight)


def task_of(inputs: Tensor, labels: Tensor, classes: int, modality: str = "image") -> Task:
    """A task with this training data, in its dtype; the held-out data are the same."""
    batch = batch_of(inputs, labels)
    return Task(
        name="small",
        modality=MODALITIES.get(modality),
        input_spec=Leaf(tuple(inputs.shape[1:]), meaning=_MEANINGS[modality]),
        target=Classification(tuple(map(str, range(classes)))),
        groups=ByClass(tuple(map(str, range(classes)))),
        train=InMemoryView(batch, classes),
        held_out=lambda: batch,
        fingerprint={"rows": len(batch), "sha256": f"{inputs.double().sum().item()}"},
    )


def set_of(inputs: Tensor, labels: Tensor, rates: Tensor | None = None) -> SyntheticSet:
    """A raw set with hard (integer) or soft labels, in the dtype of the inputs."""
    kind = Soft(labels) if labels.is_floating_point() else Hard(labels)
    groups = labels.argmax(1) if labels.is_floating_point() else labels
    synthetic = SyntheticSet(Raw(inputs), kind, groups, Contract(exam="quick"), rates)
    return synthetic.to(inputs.dtype)


@cache
def blobs(classes: int = 3, per_class: int = 30, features: int = 5, spread: float = 1.0) -> Task:
    """A table of Gaussian classes, a quarter of it held out."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(classes, features)) * 2
    labels = np.repeat(np.arange(classes), per_class)
    rows = centres[labels] + spread * random.normal(size=(len(labels), features))
    return table_from_arrays(rows.round(3), labels, kind="classification", test_fraction=0.25, name="blobs")


@cache
def line(rows: int = 80) -> Task:
    """A table whose target is linear in its features, a quarter held out."""
    random = np.random.default_rng(0)
    features = random.normal(size=(rows, 3))
    values = features @ np.array([2.0, -1.0, 0.5]) + 0.05 * random.normal(size=rows) + 7
    return table_from_arrays(features.round(3), values.round(3), kind="regression", test_fraction=0.25, name="line")


@cache
def digits() -> Task:
    """The real handwritten digits of 8x8 pixels."""
    return open_task("digits")


@cache
def few_digits() -> Task:
    """So few of them that a prior of images takes no time."""
    data = load_digits()
    return images_from_arrays((15 * data.images[:120]).astype(np.uint8), data.target[:120], name="few")


def made_estimator(name: str) -> Any:
    """The learner of scikit-learn's estimator, as an exam names it."""
    return LEARNERS.get(name)(None, Training(epochs=1), HERE)


def double(network: Network) -> Network:
    """The same network in float64."""
    buffers = {k: v.double() if v.is_floating_point() else v for k, v in network.buffers.items()}
    return replace(network, parameters={k: v.double() for k, v in network.parameters.items()}, buffers=buffers)


def released_convnet(arrays: dict[str, Tensor], prefix: str, shape: tuple[int, ...], norm: str = "instance") -> Network:
    """A ConvNet of our own that holds a golden file's state dict, parameters in the module's order."""
    values = released(arrays, prefix, 4)
    width, depth = len(values["blocks.0.conv.bias"]), len({k.split(".")[1] for k in values if k.startswith("blocks")})
    outputs = len(values["classifier.bias"])
    network = drawn(f"convnet:width={width},depth={depth},norm={norm}", shape, outputs, Rng(0))
    assert set(network.parameters) <= set(values)
    buffers = {k: values[k].clone() if k in values else b for k, b in network.buffers.items()}
    return replace(network, parameters={k: values[k] for k in network.parameters}, buffers=buffers)
