"""A training recipe: the numbers by which a network is trained from scratch, as an exam writes them down."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from condenset.core.optimisers import DecayedKind


@dataclass(frozen=True)
class Training:
    """A training recipe.

    Attributes:
        epochs: passes over the set.
        batch: examples per step, shuffled, the last part kept.
        replayed: batches of an epoch in stored order instead, see `interleaved`; 0: shuffled ones.
        optimiser: "sgd", "adam" or "adamw".
        rate: initial learning rate.
        rates: one learning rate per step instead, replayed in order (empty: `rate` and the schedule).
        momentum: of SGD.
        weight_decay: L2, on every parameter; of "adamw": times the rate.
        schedule: "step": times `drop` after each fraction in `drop_at`, with a new optimiser; "cosine": linear
            warm-up over `warm_up` steps, then cosine to 1 % of the rate.
        drop, drop_at, warm_up: of the schedule.
        augment: whether every example is augmented at every step.
        augmentation: fields in which the augmentation differs from the task's, as (name, value).
        cutmix: chance that a step pastes a rectangle of every image into another one and mixes their labels, see
            `cutmix`; the augmentation then leaves its own cut-outs out.
        loss: "task", or "squared" against centred label rows (n, outputs).
        temperature: outputs are divided by it before the loss is taken, a teacher's too.
        selection: "last" epoch, or the epoch that is best on the task's validation data.
    """

    epochs: int
    batch: int = 256
    replayed: int = 0
    optimiser: DecayedKind = "sgd"
    rate: float = 0.01
    rates: tuple[float, ...] = ()
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Literal["step", "cosine"] = "step"
    drop: float = 0.1
    drop_at: tuple[float, ...] = (0.5,)
    warm_up: int = 0
    augment: bool = False
    augmentation: tuple[tuple[str, Any], ...] = ()
    cutmix: float = 0.0
    loss: Literal["task", "squared"] = "task"
    temperature: float = 1.0
    selection: Literal["last", "validation"] = "last"

    def steps(self, examples: int) -> int:
        """Steps of an epoch over so many examples."""
        return math.ceil(examples / self.batch)


PLAIN = Training(epochs=1, momentum=0.0, weight_decay=0.0, drop_at=())  # descent at one rate, with nothing beside
