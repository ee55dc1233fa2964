"""A Ray cluster on this machine: the order of results, deaths, errors, and how to get Ray where it is missing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import torch

from condenset.core.errors import CondensetError, MissingExtraError, UnknownNameError
from condenset.core.execution import LOCAL
from condenset.run.executors import opened
from condenset.run.executors.jobs import packed, unpacked
from condenset.run.executors.ray import RayCluster
from condenset.run.executors.scratch import scratch
from tests.run.executors import jobs
from tests.run.executors.test_processes import PATIENCE, pids, soon


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
def test_a_cluster_of_our_own_is_reached_from_this_machine_alone_by_who_knows_the_token(cluster: RayCluster) -> None:
    family = psutil.Process().children(recursive=True)
    listening = [c.laddr.ip for p in family for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    assert os.environ["RAY_AUTH_MODE"] == "token" and len(os.environ["RAY_AUTH_TOKEN"]) >= 32


PROGRAM = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from pathlib import Path
from condenset.run.cli import _termination_as_interrupt
from condenset.run.executors import opened
from tests.run.executors import jobs
with _termination_as_interrupt(), opened("ray", 1) as executor:
    list(executor.map(jobs.endless, Path(sys.argv[2]), [1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_its_processes_end_with_the_program_however_it_ends(number: signal.Signals, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    begun, temporary = tmp_path / "begun", Path(tempfile.mkdtemp(dir="/tmp"))  # a socket's path is short
    begun.mkdir()
    words = [sys.executable, "-c", PROGRAM, str(temporary), str(begun)]
    try:
        with subprocess.Popen(words, stderr=subprocess.DEVNULL) as program:
            try:
                assert soon(lambda: len(pids(begun)) == 1)
                family = psutil.Process(program.pid).children(recursive=True)
                program.send_signal(number)
                program.wait(PATIENCE)
            finally:
                program.kill()
        _, alive = psutil.wait_procs(family, 120.0)  # Ray's agents look for who began them now and then
        assert alive == []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(temporary))
            with scratch():
                pass
        assert not list(temporary.iterdir())
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
