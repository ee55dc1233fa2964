"""Baselines: real examples at no more bytes than the set, and the same labels where they are soft."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.codecs.graph_generator import GraphGenerator
from condenset.codecs.multi_formation import MultiFormation
from condenset.core.batch import Batch
from condenset.core.errors import UnknownNameError
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.evaluation.baselines import BASELINES, applying, baseline_batch, expanded
from condenset.finishes.freeze_adjacency import freeze_adjacency
from condenset.labels.soft import Soft
from condenset.recipe import Recipe
from condenset.starts.random import random
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.footprint import Footprint
from condenset.tasks.task import Task
from tests.conformance import examples
from tests.examples import blobs, digits, line, normal
from tests.tasks.graph import example
from tests.tasks.stored import on_disk

TASKS = {"classes": blobs, "number": line, "images": digits, "graph": example.task}
CORESETS = [name for name in BASELINES if name not in ("full", "random-same-labels", "rivals")]


def set_for(task: Task, labels: str = "hard", per_group: int = 2) -> SyntheticSet:
    counts = torch.full((len(task.groups),), per_group)
    return begin(task, Recipe(start=random, labels=labels, contract=Contract(exam="quick")), counts, Rng(5))


def found(name: str, synthetic: SyntheticSet, task: Task, seed: int = 0) -> tuple[Batch, int]:
    result = baseline_batch(name, synthetic, task, Rng(seed))
    assert result is not None
    return result


def real_classes(batch: Batch, task: Task) -> list[int]:
    """The class that each input has in the training data; fails for one that is not there."""
    pixels = (tuple(row.flatten().tolist()) for row in task.train.batch.inputs)
    known = dict(zip(pixels, task.train.batch.targets.tolist(), strict=True))
    return [known[tuple(row.flatten().tolist())] for row in batch.inputs]


@pytest.mark.parametrize("labels", ["hard", "soft"])
@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("name", CORESETS)
def test_a_coreset_has_every_group_and_no_more_bytes(name: str, kind: str, labels: str) -> None:
    """Room left by dear labels is filled with examples."""
    task = TASKS[kind]()
    per_group = 1 if kind == "graph" else 2
    synthetic = set_for(task, labels, per_group)
    batch, size = found(name, synthetic, task)
    assert size <= synthetic.nbytes().total
    counts = batch.groups.bincount(minlength=len(task.groups))
    assert counts.min() >= per_group
    assert (task.groups.of(batch.targets) == batch.groups).all() or name == "k-means"
    spare = synthetic.nbytes().total - size
    if bool((counts < task.train.counts()).all()):
        assert spare < len(task.groups) * (size // len(batch))


def test_stored_edges_buy_more_nodes() -> None:
    task = example.task()
    features = normal(2, 4)
    generated = SyntheticSet(
        GraphGenerator(features, width=8), set_for(task, "hard", 1).labels, torch.arange(2), Contract(exam="quick")
    )
    for synthetic in (generated, freeze_adjacency(task, generated, Rng(0))):
        batch, size = found("random", synthetic, task)
        assert size <= synthetic.nbytes().total
        assert isinstance(batch.inputs, Nodes)
        assert len(batch) == min(4, 2 * (synthetic.nbytes().total // 24 // 2))


@pytest.mark.parametrize("name", CORESETS)
def test_beside_a_set_within_bytes_examples_are_priced_as_the_data_hold_them(name: str) -> None:
    """A set of 2 digits per class takes 5 140 bytes, for which there are 79 pictures of a byte a pixel."""
    task = replace(digits(), footprint=Footprint(None, 65))
    synthetic = set_for(task)
    batch, size = baseline_batch(name, synthetic, task, Rng(0), within=5150) or (None, 0)
    assert batch is not None and len(batch) == 79
    assert size == 79 * 65 <= synthetic.nbytes().total == 20 * (64 * 4 + 1)
    assert len(found(name, synthetic, task)[0]) == 20


def test_baselines_within_bytes_are_the_same_for_every_set_of_that_budget() -> None:
    task = replace(digits(), footprint=Footprint(None, 65))
    found = [
        baseline_batch(name, set_for(task, per_group=count), task, Rng(0), within=5150)
        for count in (1, 2)
        for name in ("random", "jpeg")
    ]
    batches = [pair[0].inputs for pair in found if pair is not None]
    assert len(batches) == 4 and torch.equal(batches[0], batches[2]) and torch.equal(batches[1], batches[3])
    assert all(pair[1] <= 5290 for pair in found if pair is not None)


def test_compressed_images_stand_beside_sets_within_bytes_alone() -> None:
    task, synthetic = digits(), set_for(digits())
    assert expanded(["rivals"], task) == ("medoids", "jpeg", "mosaic") and expanded(["rivals"], blobs()) == ()
    assert baseline_batch("jpeg", synthetic, task, Rng(0)) is None
    batch, size = baseline_batch("jpeg", synthetic, task, Rng(0), within=5150) or (None, 0)
    assert batch is not None and len(batch) > 200 and 5000 < size <= 5290
    assert applying(["random", "jpeg", "random-same-labels"], task, learnt=False, within=None) == ("random",)


def test_what_data_hold_dearer_than_sets_do_is_priced_as_sets_store_it() -> None:
    synthetic = set_for(blobs())
    for own in (Footprint(), Footprint(None, 1000)):
        task = replace(blobs(), footprint=own)
        batch, size = baseline_batch("random", synthetic, task, Rng(0), within=1) or (None, 0)
        assert batch is not None and (len(batch), size) == (6, synthetic.nbytes().total)


def test_random_examples_are_real_and_differ_between_draws() -> None:
    task = digits()
    synthetic = set_for(task)
    batches = [found("random", synthetic, task, seed)[0] for seed in (0, 0, 1)]
    assert torch.equal(batches[0].inputs, batches[1].inputs)
    assert not torch.equal(batches[0].inputs, batches[2].inputs)
    assert real_classes(batches[0], task) == batches[0].targets.tolist()


def test_full_is_all_training_data() -> None:
    batch, size = found("full", set_for(blobs()), blobs())
    assert len(batch) == len(blobs().train)
    assert size == len(batch) * (4 * 5 + 1)


def test_the_same_labels_only_where_they_are_soft() -> None:
    assert baseline_batch("random-same-labels", set_for(blobs()), blobs(), Rng(0)) is None
    synthetic = set_for(blobs(), "soft")
    values = normal(6, 3).softmax(1)
    synthetic.labels.values.data = values
    batch, size = found("random-same-labels", synthetic, blobs())
    assert torch.equal(batch.targets, values)
    assert size == synthetic.nbytes().total
    assert not torch.equal(batch.inputs, synthetic.decode().inputs)


def test_the_same_labels_belong_to_examples_of_their_class_in_any_order() -> None:
    """A multi-formation decodes tile after tile, so its labels do not come class after class."""
    task = digits()
    stored = MultiFormation(normal(20, 1, 8, 8), factor=2)
    labels = torch.arange(10).repeat_interleave(2)
    synthetic = SyntheticSet(stored, Soft(torch.eye(10)[labels]), labels, Contract(exam="quick"))
    batch, _ = found("random-same-labels", synthetic, task)
    assert real_classes(batch, task) == batch.targets.argmax(1).tolist() == batch.groups.tolist()


def test_an_unknown_baseline_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'herding'"):
        baseline_batch("hering", set_for(blobs()), blobs(), Rng(0))


def test_full_data_on_disk_are_a_baseline_where_they_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    task = on_disk(blobs())
    assert torch.equal(found("full", set_for(task), task)[0].inputs, blobs().train.all().inputs)
    monkeypatch.setattr(task.train, "fits", False)
    assert baseline_batch("full", set_for(task), task, Rng(0)) is None


def test_rivals_are_those_of_the_kind_of_data() -> None:
    task = blobs()
    own = replace(task, modality=replace(task.modality, rivals=("herding", "forgetting")))
    assert expanded(("random", "rivals", "full"), task) == ("random", "full")
    assert expanded(("herding", "rivals", "full"), own) == ("herding", "forgetting", "full")
    with pytest.raises(UnknownNameError, match="unknown baseline 'forgeting': did you mean 'forgetting'"):
        expanded(("forgeting",), own)
    synthetic = examples.distilled("dm", "tabular")
    data = examples.task("tabular")
    batch, size = baseline_batch(
        "el2n", synthetic, replace(data, modality=replace(data.modality, rivals=("el2n",))), Rng(0)
    )
    assert size <= synthetic.nbytes().total and len(batch) == len(synthetic.groups)


def test_only_what_leaves_nothing_to_chance_sees_a_part_of_the_data() -> None:
    """K-means of a part would be a worse rival than the one that a user would take instead of the set."""
    task = blobs()
    made = set_for(task)
    means, again = (baseline_batch("k-means", made, task, Rng(1), resampled) for resampled in (True, False))
    assert means is not None and again is not None
    assert torch.equal(means[0].inputs, again[0].inputs)
    herded = [baseline_batch("herding", made, task, Rng(seed), True) for seed in (1, 2)]
    assert not torch.equal(*(draw[0].inputs for draw in herded if draw is not None))
