"""Control: what to do in a state of an environment, taught by pairs of state and action."""

from __future__ import annotations

from condenset.tasks.control.exporting import table
from condenset.tasks.control.loading import control_from_log, knows_environment, open_control, recognise_log
from condenset.tasks.control.preview import preview
from condenset.tasks.exporting import csv_of, write_npz
from condenset.tasks.option import Option
from condenset.tasks.task import Modality

__all__ = ["MODALITY", "control_from_log", "open_control"]

_WIDTH = 128  # of the usual network


def narrow(share: int) -> str:
    """The usual network with 1/share of its width."""
    return f"mlp:width={max(1, _WIDTH // share)}"


MODALITY = Modality(
    name="control",
    network="mlp",
    kernel="ntk",
    codec="raw",
    exam="control",
    learners=("mlp", "mlp:depth=0", "logistic"),
    datasets={
        "cartpole": "a pole on a cart, held up by pushes; 4 features, 2 actions; Gymnasium's CartPole-v1",
        "acrobot": "two links swung up by a torque between them; 6 features, 3 actions; Gymnasium's Acrobot-v1",
        "mountain-car": "a car that gathers speed in a valley; 2 features, 3 actions; Gymnasium's MountainCar-v0",
    },
    offers=("features", "classes", "independent", "differentiable", "kernel", "environment"),
    open=open_control,
    recognise=recognise_log,
    knows=knows_environment,
    preview=preview,
    exporters={"npz": write_npz, "csv": csv_of(table)},
    frame=table,
    items="pairs",
    categories={"action": "reinforcement-learning"},
    options=(
        Option("environment", "text", "what a log is of", "ID"),
        Option("episodes", "whole", "of the expert, that are its log", "N"),
    ),
    narrow=narrow,
    files=("NPZ of observations and actions",),
)
