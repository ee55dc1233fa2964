"""How many bits networks compute with, where they are stacked, and jobs that run when their results are asked for."""

from __future__ import annotations

import pickle
from itertools import count

import pytest
import torch

from condenset.core.execution import HERE, LOCAL, Execution, Executor, Local


class Workers(Local):
    """Workers of some kind."""


@pytest.mark.parametrize(("fast", "expected"), [(True, True), (False, False)])
def test_automatic_precision_follows_the_processor(fast: bool, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: fast)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert Execution().half == expected
    assert Execution(precision="bfloat16").half
    assert not Execution(precision="float32").half


def test_a_device_without_bfloat16_computes_in_float32() -> None:
    assert not Execution(device="mps").half


def test_networks_are_stacked_on_accelerators_where_no_workers_share_them_out() -> None:
    assert Execution(device="cuda").stacks
    assert not Execution(device="cpu").stacks
    assert not Execution(device="cuda", executor=Workers()).stacks


def test_jobs_run_in_order_and_not_before_they_are_asked_for() -> None:
    done: list[int] = []

    def work(factor: int, job: int) -> int:
        done.append(job)
        return factor * job

    results = LOCAL.map(work, 10, count())
    assert done == []
    assert [next(results), next(results)] == [0, 10]
    assert done == [0, 1]


def test_it_is_an_executor_and_the_default() -> None:
    assert isinstance(LOCAL, Executor)
    assert HERE.executor is LOCAL
    assert pickle.loads(pickle.dumps(HERE)) == HERE
