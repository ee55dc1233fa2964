"""Threads of the command line sleep while they wait, unless the user says otherwise, from the first one on."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from condenset.core.threads import wait_asleep

POLICY = "OMP_WAIT_POLICY"


def test_what_the_user_said_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(POLICY, "ACTIVE")
    wait_asleep()
    assert os.environ[POLICY] == "ACTIVE"
    monkeypatch.delenv(POLICY)
    wait_asleep()
    assert os.environ[POLICY] == "PASSIVE"


def test_the_command_line_says_it_before_pytorch_is_there() -> None:
    said = "import os, sys; from condenset.run.cli import main; assert 'torch' not in sys.modules; main(['--version'])"
    code = f"{said}; print(os.environ['{POLICY}'], 'torch' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != POLICY}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "PASSIVE False"
