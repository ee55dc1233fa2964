"""Short runs of the trajectory family on the handwritten digits, by the experts' perceptron."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits

NETWORK = "mlp:width=64,depth=1"
EXAM = Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=(NETWORK,))


def changes(experts: str = "source.experts", starts: str = "source.starts") -> dict[str, object]:
    """What shortens a recipe; experts and starts, where its source keeps them."""
    return {
        "network": NETWORK, "steps": 100, "objective.inner.steps": 20, "objective.inner.augment": False,
        f"{experts}.examples": len(digits().train), f"{experts}.augment": False, f"{experts}.rate": 0.05,
        f"{starts}.end": 4, "optimisers.data.rate": 10.0,
    }  # fmt: skip


def asked() -> dict[str, object]:
    """The same where the start asks the experts, too."""
    found = changes()
    return {**found, "start.network": NETWORK} | {f"start.{k}": v for k, v in found.items() if k.startswith("source.")}
