"""The log of an environment."""

from __future__ import annotations

import numpy as np

from tests.fuzz.subject import Subject, of_data
from tests.tasks.control.example import log

_LOG = ("--environment", "CartPole-v1")


def _log() -> None:
    found = log()
    np.savez("log.npz", observations=found.observations, actions=found.actions)


SUBJECTS: dict[str, Subject] = {
    "log": of_data(_log, "log.npz", "log.npz", *_LOG),
}
