"""Forgetting events (Toneva et al., ICLR 2019): the real examples of a class that networks unlearn most often.

Meant for pruning some tenths of the data: the hardest examples make small sets that teach less than random ones, in the
quoted table as here. Differences from the paper: events are counted once an epoch, over 3 narrow networks of 60 epochs
on 1000 examples.
"""

from __future__ import annotations

from condenset.core.reported import Reported
from condenset.recipe import Method, coreset
from condenset.starts.forgetting import START

METHOD = Method(
    family="coreset",
    title="An Empirical Study of Example Forgetting during Deep Neural Network Learning",
    venue="ICLR",
    year=2019,
    arxiv="1812.05159",
    needs=("independent",),
    recipe=coreset(START),
    reported=(
        Reported("fashion-mnist", "1 per class", "convnet", "dc2021", 0.42, 0.055, "quoted in 2006.05929, Table 1"),
        Reported("fashion-mnist", "10 per class", "convnet", "dc2021", 0.539, 0.02, "quoted in 2006.05929, Table 1"),
        Reported("cifar10", "1 per class", "convnet", "dc2021", 0.135, 0.012, "quoted in 2006.05929, Table 1"),
        Reported("mnist", "1 per class", "convnet", "dc2021-mnist", 0.355, 0.056, "Table 1 of DC"),
        Reported("mnist", "10 per class", "convnet", "dc2021-mnist", 0.681, 0.033, "Table 1 of DC"),
    ),
)
