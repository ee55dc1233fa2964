"""A Ray cluster on this machine: the order of results, deaths, errors, and how to get Ray where it is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from condenset.core.errors import CondensetError, MissingExtraError, UnknownNameError
from condenset.core.executor import LOCAL
from condenset.run.executors import opened
from condenset.run.executors.messages import packed, unpacked
from condenset.run.executors.ray import RayCluster
from tests.run.executors import jobs


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    """Two workers."""
    pytest.importorskip("ray")
    with RayCluster(2) as cluster:
        yield cluster


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'condenset\[ray\]'"), opened("ray"):
        pass


@pytest.mark.slow
def test_results_come_in_the_order_of_the_jobs(cluster: RayCluster) -> None:
    shared = torch.ones(5)
    assert list(cluster.map(jobs.product, shared, iter(range(6)))) == [0, 5, 10, 15, 20, 25]
    found = list(cluster.map(jobs.told, shared, range(6)))
    assert {threads for *_, threads in found} == {1}
    assert len({told[:2] for told in found}) == len({pid for pid, *_ in found})


@pytest.mark.slow
def test_the_job_of_a_worker_that_dies_is_done_again_and_no_other(cluster: RayCluster, tmp_path: Path) -> None:
    wanted = [1, -1, 2, 3]
    assert list(cluster.map(jobs.noted, tmp_path, wanted)) == wanted
    begun = {int(path.name): len(path.read_text().splitlines()) for path in tmp_path.iterdir()}
    assert begun == {1: 1, -1: 2, 2: 1, 3: 1}


@pytest.mark.slow
def test_a_job_that_every_worker_dies_on_is_given_up(cluster: RayCluster, tmp_path: Path) -> None:
    with pytest.raises(CondensetError, match="workers died"):
        list(cluster.map(jobs.fatal, tmp_path, [7]))


@pytest.mark.slow
def test_an_error_keeps_its_kind_and_its_message(cluster: RayCluster) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'two'"):
        list(cluster.map(jobs.refused, None, ["tow"]))
    assert unpacked(packed(cluster)) == LOCAL
