"""The exam network's forward pass as a share of the machine's matrix products of the same precision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch

from condenset.bench.images import grey_images
from condenset.bench.machine import matrix_product, rate_row
from condenset.bench.measurement import BenchRow, Measurement, in_turns
from condenset.core.execution import Execution, Precision
from condenset.core.rng import Rng
from condenset.nets.compiled import operations, read_in_parts

_IMAGES = 400  # ten passes, which follow each other as in an exam: one alone finds its caches full of the product
_CASES: tuple[tuple[Precision, torch.dtype, float], ...] = (
    ("float32", torch.float32, 0.65),
    ("bfloat16", torch.bfloat16, 0.5),
)


def measure() -> Iterator[BenchRow]:
    """ConvNet on 28 x 28 grey images, without gradients, some at a time as an exam reads its test data."""
    task = grey_images(per_class=_IMAGES // 10)
    network = task.network(None, Rng(0))
    images = task.train.all().parts(_IMAGES)[0].inputs
    work = operations(network.module, task.input_spec) * _IMAGES
    for precision, dtype, target in _CASES:
        if precision == "bfloat16" and not Execution().half:
            continue
        execution = Execution(precision=precision, times=10**5)
        forward = partial(read_in_parts, network, images, execution, lambda output: output.logits)
        seconds = in_turns({"forward": forward, "product": matrix_product(dtype)}, repeats=25)
        name = f"ConvNet forward, {precision}"
        yield rate_row(name, work, seconds["forward"], seconds["product"], ("at least", target))


MEASUREMENT = Measurement("quick", measure)
