"""`condenset distill`: make a synthetic set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import (
    Bytes,
    Changes,
    DataOptions,
    Flag,
    Output,
    Precision,
    Seconds,
    SizeOptions,
    WorkerOptions,
    changes_of,
    new_folder,
)

if TYPE_CHECKING:
    from condenset.run.config import Config
    from condenset.run.distill import Distilled


@dataclass(frozen=True)
class Distill:
    """Make a synthetic set from a dataset.

    Attributes:
        data: a known name, or a path: class folders, CSV or Parquet, NPZ, a Hugging Face dataset folder.
        method: see `condenset list methods`; "dm" when left out.
        out: new folder to write into; named after the run when left out.
        seed: of every random stream.
        precision: of compiled networks; auto takes bfloat16 where the processor multiplies it faster.
        changes: change one part of the recipe, as in --set steps=500 or --set start=k-means.
        config: repeat the run in this run.toml; it says all of the above but --out.
        resume: continue the run that --out holds.
        max_memory: keep a pool of networks within it, and refuse a run that needs more all the same, such as 2GiB.
        max_time: refuse a run that would take longer, such as 10m.
        max_disk: keep what the data say under each network for runs to come, in a cache of this size, such as 2GiB.
        checkpoint_every: time between checkpoints.
        budget: the budget.
        opening: how the data are opened.
        workers: where experts are trained and the data are measured.
        output: how to answer.
    """

    data: Annotated[Positional[str | None], arg(metavar="DATA")] = None
    method: Annotated[str | None, arg(metavar="METHOD")] = None
    out: Annotated[Path | None, arg(metavar="FOLDER")] = None
    seed: int = 0
    precision: Precision = "auto"
    changes: Changes = ()
    config: Annotated[Path | None, arg(metavar="FILE")] = None
    resume: Flag = False
    max_memory: Annotated[Bytes | None, arg(metavar="BYTES")] = None
    max_time: Annotated[Seconds | None, arg(metavar="TIME")] = None
    max_disk: Annotated[Bytes, arg(metavar="BYTES")] = 0
    checkpoint_every: Annotated[Seconds, arg(metavar="TIME")] = 10.0
    budget: OmitArgPrefixes[SizeOptions] = field(default_factory=SizeOptions)
    opening: OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    workers: OmitArgPrefixes[WorkerOptions] = field(default_factory=WorkerOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Distil, save, say what comes next."""
        from condenset.run.device import named_device
        from condenset.run.distill import Conditions
        from condenset.run.watched import watched_run

        config = self._configuration()
        out = self._folder(config)
        limits = self.max_memory, self.max_time, self.checkpoint_every, self.max_disk, named_device(self.workers.device)
        with self.workers.opened() as executor:
            conditions = Conditions(*limits, executor=executor)
            done = watched_run(screen, config, out, resume=self.resume, conditions=conditions)
        return Answer(done.record(), (_told(done, out),))

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The same with --resume, where a run has begun that is not finished."""
        from condenset.run.distill import started

        try:
            started(self._folder(self._configuration()))
        except RequestError:
            return ()
        return given if self.resume else (*given, "--resume")

    def _folder(self, config: Config) -> Path:
        return self.out or new_folder(config.data, config.method, config.size, config.seed)

    def _configuration(self) -> Config:
        from condenset.run.config import Config, read_config
        from condenset.run.distill import started

        if self.config is not None:
            self._refuse_more(f"{self.config} says")
            return read_config(self.config)
        if self.data is None:
            if not self.resume or self.out is None:
                raise RequestError("no DATA was given: name a dataset or a path, or give --config, or --resume --out")
            self._refuse_more(f"the run in {self.out} says")
            return started(self.out)
        changes = changes_of(self.changes)
        asked = (self.data, self.method or "dm", self.budget.chosen(), self.seed, self.opening.given(), changes)
        return Config(*asked, self.precision)

    def _refuse_more(self, source: str) -> None:
        plain, names = Distill(), ("data", "method", "seed", "precision", "changes")
        told = {"data": "DATA", "changes": "--set"}
        more = [told.get(name, f"--{name}") for name in names if getattr(self, name) != getattr(plain, name)]
        more += [*self.budget.flags(), *self.opening.flags()]
        if more:
            raise RequestError(f"{source} the whole run already: leave out {', '.join(more)}")


def _told(done: Distilled, out: Path) -> str:
    from condenset.artifact.sizes import saved_sizes
    from condenset.report.wording import count_text, seconds_text, sizes_text

    items, steps = count_text(len(done.synthetic.groups)), count_text(done.steps)
    return (
        f"{items} items from {done.task.name} by {done.config.method}: {sizes_text(saved_sizes(out))}; "
        f"{steps} steps in {seconds_text(done.wall_s)}\nsaved in {out}\nnext: condenset evaluate {out}"
    )
