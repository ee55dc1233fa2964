"""The optimisers that sets and networks are stepped with, by name, and their state as plain tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor

Kind = Literal["sgd", "adam"]
DecayedKind = Literal[Kind, "adamw"]  # "adamw" differs from "adam" in its weight decay alone


def make_optimiser(
    kind: DecayedKind, parameters: Sequence[Tensor], rate: float, momentum: float = 0.0, weight_decay: float = 0.0
) -> torch.optim.Optimizer:
    """An optimiser of tensors that require gradients; momentum is that of SGD, weight decay is L2 but for "adamw",
    where it is times the rate (Loshchilov and Hutter, arXiv 1711.05101).

    The moments of Adam are there before the first step, so that memory and checkpoints are as large then as later.
    """
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=momentum, weight_decay=weight_decay)
    adam = torch.optim.AdamW if kind == "adamw" else torch.optim.Adam
    optimiser = adam(parameters, lr=rate, weight_decay=weight_decay)
    for parameter in parameters:
        moments = {name: torch.zeros_like(parameter, requires_grad=False) for name in ("exp_avg", "exp_avg_sq")}
        optimiser.state[parameter] = {"step": torch.tensor(0.0), **moments}
    return optimiser


def optimiser_state(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimiser has gathered, flat by name; not copied.

    A tensor has the shape of its parameter ("0/exp_avg") or is a scalar ("0/step").
    """
    return {
        f"{index}/{key}": torch.as_tensor(value)
        for index, values in optimiser.state_dict()["state"].items()
        for key, value in values.items()
        if value is not None
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, state: Mapping[str, Tensor]) -> None:
    """Continue from copies of a saved state, of the names and shapes that `optimiser_state` gives."""
    saved: dict[int, dict[str, Tensor]] = {}
    for path, value in state.items():
        index, key = path.split("/")
        saved.setdefault(int(index), {})[key] = value.clone()
    optimiser.load_state_dict({**optimiser.state_dict(), "state": saved})
