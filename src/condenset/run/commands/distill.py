"""`condenset distill`: make a synthetic set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import (
    Changes,
    DataOptions,
    Flag,
    LimitOptions,
    Output,
    Precision,
    SizeOptions,
    WorkerOptions,
    changes_of,
    new_folder,
)

if TYPE_CHECKING:
    from condenset.evaluation.recommend import Tried
    from condenset.run.config import Config
    from condenset.run.distill import Conditions, Distilled
    from condenset.tasks.task import Task


@dataclass(frozen=True)
class Distill:
    """Make a synthetic set from a dataset.

    Attributes:
        data: a known name, or a path: class folders, CSV or Parquet, NPZ, a Hugging Face dataset folder.
        method: see `condenset list methods`; when left out the one that suits the data, as `recommend` finds it.
        out: new folder to write into; named after the run when left out.
        seed: of every random stream.
        precision: of compiled networks; auto takes bfloat16 where the processor multiplies it faster.
        changes: change one part of the recipe, as in --set steps=500 or --set start=k-means.
        start: folder of a saved set to begin at; its items come first, further ones from the recipe's own start.
        config: repeat the run in this run.toml; it says all of the above but --out.
        resume: continue the run that --out holds.
        shards: parts of the classes that are learnt one after another, or by workers side by side, where a set is too
            large for the memory; those that --out holds already are not made again.
        budget: the budget.
        opening: how the data are opened.
        limits: what it may take.
        workers: where experts are trained and the data are measured.
        output: how to answer.
    """

    data: Annotated[Positional[str | None], arg(metavar="DATA")] = None
    method: Annotated[str | None, arg(metavar="METHOD")] = None
    out: Annotated[Path | None, arg(metavar="FOLDER")] = None
    seed: int = 0
    precision: Precision = "auto"
    changes: Changes = ()
    start: Annotated[Path | None, arg(metavar="SET")] = None
    config: Annotated[Path | None, arg(metavar="FILE")] = None
    resume: Flag = False
    shards: int = 1
    budget: OmitArgPrefixes[SizeOptions] = field(default_factory=SizeOptions)
    opening: OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    limits: OmitArgPrefixes[LimitOptions] = field(default_factory=LimitOptions)
    workers: OmitArgPrefixes[WorkerOptions] = field(default_factory=WorkerOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Distil, save, say what comes next."""
        from condenset.artifact.folder import refuse_occupied
        from condenset.run.shards import in_shards
        from condenset.run.watched import opened_task, watched_run

        config, task, chosen = self._configuration(), None, {}
        out = self._folder(config)
        with self.limits.met_by(self.workers) as conditions:
            if not config.method:
                refuse_occupied(out, self.resume)
                task = opened_task(screen, config.data, config.options)
                config, tried = self._recommended(screen, task, config, conditions)
                chosen = {"tried": [one.record() for one in tried]}
            if self.shards == 1:
                done = watched_run(screen, config, out, task=task, resume=self.resume, conditions=conditions)
            else:
                task = task or opened_task(screen, config.data, config.options)
                done = in_shards(config, self.shards, out, task, partial(watched_run, screen, resume=True), conditions)
        return Answer(done.record() | chosen, (told(done, out),))

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The same with --resume, where a run has begun that is not finished."""
        try:
            return resuming(self._folder(self._configuration()), given)
        except RequestError:
            return ()

    def _folder(self, config: Config) -> Path:
        return self.out or new_folder(config.data, self.method or "recommended", config.size, config.seed)

    def _configuration(self) -> Config:
        """What is asked for; without a method where the data are to choose it."""
        from condenset.artifact.folder import CONFIG_FILE
        from condenset.artifact.reading import read
        from condenset.run.config import Config, read_config
        from condenset.run.distill import started
        from condenset.run.start_set import start_set

        if self.config is not None:
            self._refuse_more(f"{self.config} says")
            return read_config(self.config)
        if self.data is None:
            if not self.resume or self.out is None:
                raise RequestError("no DATA was given: name a dataset or a path, or give --config, or --resume --out")
            self._refuse_more(f"the run in {self.out} says")
            return started(self.out)
        changes = changes_of(self.changes)
        if self.method is None and (changes or self.start):
            flag = "--set changes" if changes else "--start begins"
            raise RequestError(f"{flag} the recipe of a method, and none is named: give --method, too")
        asked = (self.data, self.method or "", self.budget.chosen(), self.seed, self.opening.given(), changes)
        start = None if self.start is None else start_set(read(self.start), self.start)
        config = Config(*asked, self.precision, start)
        if self.method is None and self.resume and (self._folder(config) / CONFIG_FILE).exists():
            begun = started(self._folder(config))
            return replace(config, method=begun.method, changes=begun.changes, recommended=begun.recommended)
        return config

    def _recommended(
        self, screen: Screen, task: Task, config: Config, conditions: Conditions
    ) -> tuple[Config, list[Tried]]:
        """The configuration with the method that suits the data, and all that were tried."""
        from condenset.core.execution import Execution
        from condenset.evaluation.recommend import told
        from condenset.run.watched import watched_race

        execution = Execution(conditions.device, executor=conditions.executor)
        tried = watched_race(screen, task, config.size, seed=config.seed, execution=execution)
        best = tried[0].contender
        screen.say(f"method: {told(tried, task.target.metrics[0])}")
        return replace(config, method=best.method, changes=best.changes, recommended=True), tried

    def _refuse_more(self, source: str) -> None:
        plain, names = Distill(), ("data", "method", "seed", "precision", "changes", "start")
        told = {"data": "DATA", "changes": "--set"}
        more = [told.get(name, f"--{name}") for name in names if getattr(self, name) != getattr(plain, name)]
        more += [*self.budget.flags(), *self.opening.flags()]
        if more:
            raise RequestError(f"{source} the whole run already: leave out {', '.join(more)}")


def resuming(out: Path, given: Sequence[str]) -> Sequence[str]:
    """A command line with --resume. Raises `RequestError` where no run has begun in its folder, or it is finished."""
    from condenset.run.distill import started

    started(out)
    return given if "--resume" in given else (*given, "--resume")


def told(done: Distilled, out: Path) -> str:
    """What a run has made, in words, and what comes next."""
    from condenset.artifact.sizes import saved_sizes
    from condenset.report.wording import count_text, seconds_text, sizes_text

    items, steps = count_text(len(done.synthetic.groups)), count_text(done.steps)
    return (
        f"{items} items from {done.task.name} by {done.config.method}: {sizes_text(saved_sizes(out))}; "
        f"{steps} steps in {seconds_text(done.wall_s)}\nsaved in {out}\nnext: condenset evaluate {out}"
    )
