"""What workers compute is what this process computes, bit for bit: scores, experts, real sides, from data in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import named_exam
from condenset.evaluation.score import evaluate_set
from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.run.executors.processes import Processes
from condenset.signals.class_gradient import ClassGradient
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from condenset.tasks.image import images_from_arrays
from condenset.tasks.task import Task
from tests.examples import blobs, digits, set_of


@pytest.fixture(scope="module", params=[pytest.param(1, marks=pytest.mark.slow), 2])
def processes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """One worker, and two, with a cache folder of their own."""
    with pytest.MonkeyPatch.context() as patch, Processes(request.param) as executor:
        patch.setenv("CONDENSET_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield executor


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As many as a worker has."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def pictures() -> Task:
    random = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = random.integers(0, 150, (60, 8, 8, 1), dtype=np.uint8) + 50 * labels.astype(np.uint8)[:, None, None, None]
    return images_from_arrays(images, labels)


@pytest.mark.parametrize("task", [blobs(), pictures()], ids=["table", "images"])
def test_scores(task: Task, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept scores of baselines would be found again, so that either side has a cache of its own."""
    batch = task.train.sample(2, Rng(0))
    assert isinstance(batch.inputs, torch.Tensor)
    synthetic = set_of(batch.inputs, batch.targets)
    args = synthetic, task, named_exam("quick")
    options = {"networks": ("mlp:width=8,depth=1", "forest"), "baselines": ("random", "k-means", "full"), "repeats": 2}
    heard: list[str] = []

    def evaluated(execution: Execution) -> Evaluation:
        return evaluate_set(
            *args, **options, execution=execution, watch=lambda row, _: heard.append(f"{row.name} {row.scores}")
        )

    there = evaluated(replace(HERE, executor=processes))
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    here = evaluated(HERE)
    assert [(row.name, row.network, row.scores, row.bytes) for row in here.rows] == [
        (row.name, row.network, row.scores, row.bytes) for row in there.rows
    ]
    assert heard[: len(heard) // 2] == heard[len(heard) // 2 :]
    assert min(row.train_s for row in there.rows if row.network != "any") > 0


def test_experts(processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experts = Experts(count=3, examples=100, batch=32)
    there = ExpertStore(experts, digits(), "mlp:width=8,depth=1", (2,))
    there.train(1)
    present = (there.folder / "0001.safetensors").stat().st_mtime_ns
    there.train_missing(processes)
    assert len(list(there.folder.iterdir())) == 3
    assert (there.folder / "0001.safetensors").stat().st_mtime_ns == present
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "here"))
    here = ExpertStore(experts, digits(), "mlp:width=8,depth=1", (2,))
    assert there.folder != here.folder
    for number in range(3):
        assert torch.equal(here.checkpoint(number, 2), there.checkpoint(number, 2))


@pytest.mark.parametrize("signal", [MeanEmbedding(), ClassGradient()], ids=lambda signal: type(signal).__name__)
def test_real_sides_in_parts(signal: MeanEmbedding | ClassGradient, processes: Processes) -> None:
    task = digits()
    batch = task.train.sample(1, Rng(1))
    assert isinstance(batch.inputs, torch.Tensor)
    synthetic = set_of(batch.inputs, batch.targets)
    objective = SignalMatching(signal, squared_error, per_group=60)
    terms = []
    for execution in (HERE, replace(HERE, executor=processes)):
        running = objective.begin(task, execution)
        for step in range(2):
            draw = Draw(task.network("convnet:width=8,depth=2", Rng(step)), task.augmentation.draw(1, Rng(step)))
            terms.append(running.terms(synthetic, draw, Rng(2).child(step))["matching"].item())
    assert terms[:2] == terms[2:]
    assert terms[0] != terms[1]
