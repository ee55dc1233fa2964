"""`condenset explain`: what a run will take, before it is spent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import BudgetError
from condenset.run.console import Answer, Screen, table
from condenset.run.options import Bytes, Changes, DataOptions, Device, Output, Seconds, SizeOptions, changes_of


@dataclass(frozen=True)
class Explain:
    """Say what a run will take before it is spent; its first steps are tried, nothing is written.

    Attributes:
        data: a known name or a path.
        method: see `condenset list methods`.
        seed: of every random stream.
        device: where tensors live: cpu, auto (the accelerator that is there), or one by its name, such as cuda:1.
        changes: change one part of the recipe, as in --set steps=500.
        max_memory: what the run would take with this limit, and whether it would be refused.
        max_time: say whether the run would be refused with this limit.
        budget: the budget.
        opening: how the data are opened.
    """

    data: Annotated[Positional[str], arg(metavar="DATA")]
    method: Annotated[str, arg(metavar="METHOD")] = "dm"
    seed: int = 0
    device: Device = "cpu"
    changes: Changes = ()
    max_memory: Annotated[Bytes | None, arg(metavar="BYTES")] = None
    max_time: Annotated[Seconds | None, arg(metavar="TIME")] = None
    budget: OmitArgPrefixes[SizeOptions] = field(default_factory=SizeOptions)
    opening: OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Open the data, try the first steps."""
        from condenset.core.changes import owed_to
        from condenset.core.execution import Execution
        from condenset.prediction import predict
        from condenset.recipe import budgeted
        from condenset.report.wording import bytes_text, count_text, seconds_text
        from condenset.run.config import Config
        from condenset.run.device import named_device
        from condenset.run.watched import opened_task

        config = Config(
            self.data, self.method, self.budget.chosen(), self.seed, self.opening.given(), changes_of(self.changes)
        )
        task = opened_task(screen, config.data, config.options)
        device = named_device(self.device)
        with owed_to(config.changes):
            counts, recipe = budgeted(config.method, task, config.size, config.changes)
            prediction = predict(task.to(device), recipe, counts, config.seed, Execution(device), self.max_memory)
        refused = []
        try:
            prediction.within(self.max_memory, self.max_time)
        except BudgetError as error:
            refused.append(str(error))
        size = prediction.data_bytes + prediction.label_bytes + prediction.extra_bytes
        pool = f", of which {bytes_text(prediction.pool)} for the pool of networks" if prediction.pool else ""
        lines = [
            ("data", f"{task.name}, {count_text(len(task.train))} training examples"),
            ("steps", count_text(prediction.steps)),
            ("items", f"{count_text(prediction.items)}, {bytes_text(size)}"),
            ("time", f"about {seconds_text(prediction.seconds)}"),
            ("memory", f"about {bytes_text(prediction.memory)}{pool}"),
            ("disk", f"about {bytes_text(prediction.disk)} while it runs"),
            ("needed first", ", ".join(prediction.assets) or "nothing"),
            ("refused", "; ".join(refused) or "no"),
        ]
        record = {**prediction.record(), "refused": refused, "recognised": task.recognised.record()}
        return Answer(record, (table(("", ""), lines),))
