"""A step of FRePo at 10 images per class against the plain one, networks trained on the set between steps in both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch

from condenset.bench.images import grey_images
from condenset.bench.machine import matrix_product, rate_row
from condenset.bench.measurement import BenchRow, Measurement, as_released, in_turns
from condenset.bench.plain import FeatureRegression
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.nets.compiled import operations
from condenset.recipe import recipe_for

_PER_CLASS, _WIDTH, _EXAMPLES = 10, 128, 1024  # as in the paper


def measure() -> Iterator[BenchRow]:
    """The paper's network and number of real examples; and how near a matrix product's rate our step comes."""
    task, counts = grey_images(), torch.full((10,), _PER_CLASS)
    network = f"frepo-convnet:width={_WIDTH}"
    recipe = recipe_for("frepo", task, counts, {"network": network, "objective.examples": _EXAMPLES, "steps": 10**6})
    ours = distillation(start_state(task, recipe, counts, seed=0, execution=Execution()), seed=0)
    batch = task.train.sample(_PER_CLASS, Rng(0))
    plain = FeatureRegression(task, network, batch.inputs, batch.targets, examples=_EXAMPLES, rng=Rng(0))
    product = matrix_product(torch.bfloat16 if Execution().half else torch.float32)
    step = partial(as_released, plain.step)
    seconds = in_turns({"ours": partial(next, ours), "plain": step, "product": product}, repeats=5)
    against = f"the plain step, {seconds['plain']:.2f} s"
    ratio = seconds["plain"] / seconds["ours"]
    yield BenchRow(f"FRePo step, {_PER_CLASS} per class", seconds["ours"], "s", ratio, against, ("at least", 3.0))
    passes = _EXAMPLES + (2 + 3) * len(batch)  # the set: back to its images, and training a network
    work = passes * operations(task.network(network, Rng(0)).module, task.input_spec)
    yield rate_row("its products", work, seconds["ours"], seconds["product"])


MEASUREMENT = Measurement("full", measure)
