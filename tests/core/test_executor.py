"""The local executor runs each job when its result is asked for."""

from __future__ import annotations

import pickle
from itertools import count

from condenset.core.execution import HERE
from condenset.core.executor import LOCAL, Executor


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
