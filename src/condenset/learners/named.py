"""Learners by name: of a file of this room, or else the network of that name, trained by gradient descent."""

from __future__ import annotations

from condenset.core.errors import UnknownNameError
from condenset.core.execution import HERE, Execution
from condenset.core.registries import LEARNERS, NETWORKS
from condenset.learners.learner import Learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training


def named_learner(name: str, training: Training, execution: Execution = HERE) -> Learner:
    """A learner by its name with fields, "kernel:ntk/depth=3" or "convnet:width=32".

    Args: training, of what is a network. Raises `UnknownNameError` for what is no learner and no network,
    `RequestError` for fields that a learner does not have.
    """
    base, _, given = name.partition(":")
    if base in LEARNERS.names():
        learner: Learner = LEARNERS.get(base)(given.replace("/", ":") or None, training, execution)
        return learner
    if base in NETWORKS.names():
        return NetworkTraining(name, training, execution)
    raise UnknownNameError("learner", base, {*LEARNERS.names(), *NETWORKS.names()})
