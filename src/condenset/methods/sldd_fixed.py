"""SLDD with a known initialisation: a set with soft labels for one network; no other learns from it.

Differences from the paper: those of DD.
"""

from __future__ import annotations

from dataclasses import replace

from condenset.core.reported import Reported
from condenset.methods import sldd
from condenset.methods.dd_fixed import from_known_network

METHOD = replace(
    sldd.METHOD,
    recipe=from_known_network(sldd.recipe),
    reported=(
        Reported("mnist", "1 per class", "lenet:init=xavier", "dd2018", 0.96, None, "fixed initialisation"),
        Reported("cifar10", "10 per class", "alexnet", "dd2018", 0.6, None, "fixed initialisation"),
    ),
)
