"""The process's compute threads.

A thread of OpenMP that waits for the others spins meanwhile. Where other programs compute, too, it takes the cores that
those it waits for would run on: on two cores with two other programs the demo took more than ten minutes, and 79
seconds where threads sleep; alone it takes half a minute either way.
"""

from __future__ import annotations

import os


def wait_asleep() -> None:
    """Let threads sleep while they wait, but where the environment says how they are to.

    For programs that own their process, before PyTorch is imported, which reads it once.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
