"""Every method on another device than the CPU: it meets no tensor that was left behind, and makes the same set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from condenset.core.batch import Inputs
from condenset.core.execution import HERE, Execution
from condenset.core.nodes import Nodes
from condenset.evaluation.exam import Exam
from condenset.evaluation.score import evaluate_set
from condenset.learners.training import Training
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.conformance import examples
from tests.conftest import close
from tests.elsewhere import DEVICE, Attached


@pytest.fixture(autouse=True)
def conditions(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path_factory.getbasetemp() / "experts"))


def task(name: str) -> Task:
    """The example; a graph's propagation is dense, since the device has no sparse tensors."""
    found = examples.task(name)
    train = InMemoryView(found.train.batch.map(dense), len(found.groups))
    return replace(found, train=train, validation=None if found.validation is None else found.validation.map(dense))


def dense(inputs: Inputs) -> Inputs:
    return Nodes(inputs.features, inputs.propagation.to_dense()) if isinstance(inputs, Nodes) else inputs


# They compute in float64, where the device has it.
WIDE = ("addmem", "k-means", "kidd", "kip", "ls", "node-clusters", "rcig")
RANKED = ("hades",)  # it goes by the order of returns, which the last bit of a policy may turn round
PAIRS = [(*pair, False) for pair in examples.quick_pairs() if pair[0] not in RANKED]
PAIRS += [(*pair, True) for pair in examples.quick_pairs() if pair[0] in WIDE]


@pytest.mark.parametrize(("method", "name", "float64"), examples.firsts(PAIRS))
def test_a_set_made_elsewhere_is_the_same(method: str, name: str, float64: bool) -> None:
    here = examples.run(method, task(name)).state_dict()
    with Attached(float64):
        there = examples.run(method, task(name).to(DEVICE), execution=Execution(DEVICE)).to("cpu").state_dict()
        for key, expected in here.items():
            close(there[key], expected, 1e-4)


EXAM = Exam("small", 1, "a test", Training(epochs=3, batch=8, augment=True), labels="probabilities")


@pytest.mark.parametrize(("name", "learner"), examples.LEARNERS)
def test_a_score_elsewhere_is_the_same(
    name: str, learner: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of a set with soft labels and baselines; scores are of the training data, since a constant would tell nothing."""
    data = task(name)
    data = replace(data, held_out=data.train.all)
    synthetic = examples.run("ls" if name == "graph" else "dd", data)

    def scores(execution: Execution) -> list[tuple[float, ...]]:
        asked = {"networks": (learner,), "baselines": ("random-same-labels", "full"), "repeats": 2}
        return [row.scores for row in evaluate_set(synthetic, data, EXAM, execution=execution, **asked).rows]

    here = scores(HERE)
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    with Attached(float64=False):
        there = scores(Execution(DEVICE))
    assert there == [pytest.approx(row, abs=0.01) for row in here]
