"""Sequential experts: a stage's experts know the finished items, and a resumed run knows them, too."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.experts import Experts, ExpertStore, FirstLesson
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.sources.expert import Expert, StartRange
from condenset.sources.sequential_expert import SequentialExpert
from condenset.sources.source import Setting
from tests.examples import blobs, normal, set_of

EXPERT = Expert(Experts(count=1, examples=None, batch=16), epochs=1, starts=StartRange(end=1))
SEQUENTIAL = SequentialExpert(EXPERT, stages=2, steps=3, lesson=Training(epochs=3, drop_at=()))
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(0))
LABELS = torch.tensor([0, 0, 1, 1, 2, 2])


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def test_experts_of_the_second_stage_learnt_the_first_items_before_the_data() -> None:
    condensed, source = set_of(normal(6, 5), LABELS), SEQUENTIAL.begin(SETTING)
    draws = []
    for step in range(8):
        draws.append(source.draw(step))
        source.after(step, condensed)
        if step == 2:
            finished = condensed.decode().detach().select(torch.tensor([0, 2, 4]))
    assert [draw.stage for draw in draws] == [0, 0, 0, 1, 1, 1, 1, 1]
    stores = [
        ExpertStore(EXPERT.experts, SETTING.task, SETTING.network, EXPERT.kept, lesson)
        for lesson in (None, FirstLesson(finished, SEQUENTIAL.lesson))
    ]
    for draw in draws:
        assert torch.equal(draw.network.flat(), stores[draw.stage].checkpoint(0, 0))
        assert torch.equal(draw.goal, stores[draw.stage].checkpoint(0, 1))
    assert not torch.equal(draws[0].goal, draws[3].goal)


def test_a_restored_source_goes_on_in_its_stage() -> None:
    condensed, source, again = set_of(normal(6, 5), LABELS), SEQUENTIAL.begin(SETTING), SEQUENTIAL.begin(SETTING)
    assert source.state() == {}
    again.restore({})
    assert torch.equal(again.draw(0).goal, source.draw(0).goal)
    for step in range(4):
        source.draw(step)
        source.after(step, condensed)
    again.restore({name: tensor.clone() for name, tensor in source.state().items()})
    assert torch.equal(again.draw(4).goal, source.draw(4).goal)
