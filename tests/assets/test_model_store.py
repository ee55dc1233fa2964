"""What holds for every model that is trained once: found by what it reads, of the best round, judged apart.

That training resumes to the same bytes is tested with those that there are.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.assets.autoencoders import AutoencoderStore, Autoencoding
from condenset.core.execution import LOCAL
from condenset.core.rng import Rng
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Task
from tests.examples import blobs

QUICK = Autoencoding(rounds=4, alone=1, hidden=(8,), latent=3, size=2)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def relabelled(task: Task) -> Task:
    batch = task.train.batch  # type: ignore[attr-defined]
    return replace(task, train=InMemoryView(replace(batch, targets=batch.targets.flip(0)), task.train.groups))


def test_it_is_found_by_what_it_reads_and_not_by_where_that_is_from() -> None:
    task = blobs()
    AutoencoderStore(task, QUICK).train_missing(LOCAL)
    assert not AutoencoderStore(replace(task, name="another", fingerprint={}), QUICK).missing()
    others = [task.with_validation(1), task.with_validation(2), relabelled(task)]
    assert all(AutoencoderStore(other, QUICK).missing() for other in others)
    assert AutoencoderStore(task, replace(QUICK, balance=0.3)).missing()


def test_the_best_of_the_rounds_that_count_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    scripted, seen = [0.1, 0.5, 0.3, 0.4], []

    def judged(self: AutoencoderStore, model: torch.nn.Module, batch: object) -> torch.Tensor:
        seen.append({name: value.clone() for name, value in model.state_dict().items()})
        return torch.tensor(scripted[len(seen) - 1])

    monkeypatch.setattr(AutoencoderStore, "_loss", judged)
    found = AutoencoderStore(blobs(), QUICK)
    kept = found.model().state_dict()
    assert found.losses().tolist() == pytest.approx(scripted)
    assert all(torch.equal(value, seen[2][name]) for name, value in kept.items())
    assert any(not torch.equal(value, seen[3][name]) for name, value in kept.items())
    assert "loss 0.300 on validation rows" in found.assets()[0].name


def test_of_too_few_examples_none_is_kept_for_validation_and_the_card_says_so() -> None:
    task = table_from_arrays(np.arange(8.0).reshape(4, 2), [0, 0, 1, 1], kind="classification")
    found = AutoencoderStore(task, QUICK)
    model, rows = found.model(), task.train.all()
    assert found._error(model, rows, QUICK.rounds, Rng(0)).item() == pytest.approx(
        found.losses()[1:].min().item(), rel=1e-5
    )
    assert found.assets()[0].name.endswith("on training rows)")
