"""Where a method's steps spend their time: `python bench/profile_steps.py [METHOD [DATA [PER_CLASS]]]`."""

from __future__ import annotations

import sys

import torch
from torch.profiler import ProfilerActivity, profile

from condenset.core.budget import Size
from condenset.distillation import distillation, start_state
from condenset.run.config import Config
from condenset.run.distill import resolved
from condenset.tasks.catalogue import open_task

_WARM, _PROFILED = 5, 10


def main(method: str = "dm", data: str = "digits", per_class: str = "1") -> None:
    """Profile some steps after the first ones."""
    task = open_task(data)
    counts, recipe = resolved(Config(data, method, Size(per_class=int(per_class))), task)
    steps = distillation(start_state(task, recipe, counts, seed=0), seed=0)
    for _ in range(_WARM):
        next(steps)
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as profiled:
        for _ in range(_PROFILED):
            next(steps)
    table = profiled.key_averages(group_by_input_shape=True).table(sort_by="self_cpu_time_total", row_limit=25)
    sys.stdout.write(f"{method} on {data}, {per_class} per class, {torch.get_num_threads()} threads\n{table}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
