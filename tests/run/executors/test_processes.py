"""Processes of this machine: the order of results, deaths, errors, and that nothing is left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import torch

from condenset.core.errors import CondensetError, RequestError, UnknownNameError
from condenset.core.execution import LOCAL, Executor
from condenset.run.executors.jobs import RETRIES, packed, unpacked
from condenset.run.executors.processes import Processes
from tests.run.executors import jobs

PATIENCE = 60  # seconds, on a machine that is busy


@pytest.fixture(scope="module")
def two() -> Iterator[Processes]:
    """Two workers, kept for all tests of this file."""
    with Processes(2) as processes:
        yield processes


def pids(folder: Path) -> list[int]:
    return [int(line) for path in folder.iterdir() for line in path.read_text().splitlines()]


def soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def test_results_come_in_the_order_of_the_jobs_from_two_workers_that_read_what_is_shared_once(two: Processes) -> None:
    shared = torch.ones(5)
    assert list(two.map(jobs.product, shared, iter(range(6)))) == [0, 5, 10, 15, 20, 25]
    found = list(two.map(jobs.told, shared, range(6)))
    assert {threads for *_, threads in found} == {int(os.environ.get("OMP_NUM_THREADS") or "1")}
    assert len({pid for pid, *_ in found}) == len({told[:2] for told in found}) == 2
    assert os.getpid() not in {pid for pid, *_ in found}


def test_the_job_of_a_worker_that_dies_is_done_again_and_no_other(two: Processes, tmp_path: Path) -> None:
    wanted = [1, -1, 2, 3, -2, 4]
    assert list(two.map(jobs.noted, tmp_path, wanted)) == wanted
    begun = {int(path.name): len(path.read_text().splitlines()) for path in tmp_path.iterdir()}
    assert begun == {1: 1, -1: 2, 2: 1, 3: 1, -2: 2, 4: 1}


def test_a_worker_that_dies_between_two_maps_is_replaced(two: Processes, tmp_path: Path) -> None:
    (pid, *_), *_ = two.map(jobs.told, torch.ones(1), range(2))
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert list(two.map(jobs.noted, tmp_path, range(4))) == [0, 1, 2, 3]


def test_a_job_that_every_worker_dies_on_is_given_up(two: Processes, tmp_path: Path) -> None:
    with pytest.raises(CondensetError, match=rf"{1 + RETRIES} workers died .*exit code 3.*--workers"):
        list(two.map(jobs.fatal, tmp_path, [7]))
    assert len(set(pids(tmp_path))) == 1 + RETRIES
    assert list(two.map(jobs.product, torch.ones(2), [3])) == [6], "the executor is still good"


def test_an_error_keeps_its_kind_and_its_message(two: Processes) -> None:
    with pytest.raises(UnknownNameError, match="unknown number 'tow': did you mean 'two'") as found:
        list(two.map(jobs.refused, None, ["tow"]))
    assert "in refused" in found.value.__notes__[0]


@pytest.mark.parametrize("function", [lambda shared, job: job, jobs.unsendable])
def test_what_cannot_be_sent_is_refused(two: Processes, function: Callable[[None, int], object]) -> None:
    with pytest.raises(RequestError, match=r"cannot be sent.*executor local"):
        list(two.map(function, None, [1]))


def test_tensors_that_are_views_of_one_are_sent_once() -> None:
    whole = torch.arange(100_000.0)
    content = packed(list(whole.split(1000)))
    assert len(content) < 1.5 * whole.numel() * 4
    assert torch.equal(torch.cat(unpacked(content)), whole)


def test_a_job_of_a_job_runs_where_the_job_does(two: Processes) -> None:
    assert isinstance(two, Executor)
    assert unpacked(packed(two)) == LOCAL


def test_an_abandoned_map_and_the_end_of_the_block_leave_no_process_and_no_file(tmp_path: Path) -> None:
    with Processes(2) as processes:
        results = processes.map(jobs.noted, tmp_path, [1, 2])
        assert next(results) == 1
        folder = processes._folder
        assert any(folder.iterdir())
    assert not [pid for pid in pids(tmp_path) if psutil.pid_exists(pid)]
    assert not folder.exists()


PROGRAM = """
import signal
import sys
from pathlib import Path
from condenset.run.executors import opened
from tests.run.executors import jobs
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
with opened("processes", 1) as executor:
    list(executor.map(jobs.endless, Path(sys.argv[1]), [1]))
"""


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM, signal.SIGKILL],
    ids=lambda number: number.name,
)
def test_workers_end_with_the_program_however_it_ends(number: signal.Signals, tmp_path: Path) -> None:
    begun, temporary = tmp_path / "begun", tmp_path / "temporary"
    begun.mkdir(), temporary.mkdir()
    words, environment = [sys.executable, "-c", PROGRAM, str(begun)], {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(words, stderr=subprocess.DEVNULL, env=environment) as program:
        try:
            assert soon(lambda: len(pids(begun)) == 1)
            assert len(list(temporary.iterdir())) == 1
            family = [psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True)]
            program.send_signal(number)
            program.wait(PATIENCE)
        finally:
            program.kill()  # leaving the block waits for it
    assert {process.pid for process in family} > set(pids(begun))
    _, alive = psutil.wait_procs(family, PATIENCE)
    assert alive == []
    assert list(temporary.iterdir()) == []
