"""`condenset extend`: go on with a saved set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.commands.distill import resuming, told
from condenset.run.console import Answer, Screen
from condenset.run.options import Flag, LimitOptions, Output, SizeOptions, WorkerOptions


@dataclass(frozen=True)
class Extend:
    """Go on with a saved set by its own recipe on its own data: more steps, a larger budget, or both.

    Attributes:
        set: folder of the set, which stays as it is.
        out: new folder to write into.
        steps: further ones; as many as its recipe says when left out.
        data: where the data lie now, if not where the set was made.
        resume: continue the run that --out holds.
        budget: the new one, with room for the items that are there; that of the set when left out.
        limits: what it may take.
        workers: where experts are trained and the data are measured.
    """

    set: Annotated[Positional[Path], arg(metavar="SET")]
    out: Annotated[Path, arg(metavar="FOLDER")]
    steps: Annotated[int | None, arg(metavar="N")] = None
    data: Annotated[str | None, arg(metavar="DATA")] = None
    resume: Flag = False
    budget: OmitArgPrefixes[SizeOptions] = field(default_factory=SizeOptions)
    limits: OmitArgPrefixes[LimitOptions] = field(default_factory=LimitOptions)
    workers: OmitArgPrefixes[WorkerOptions] = field(default_factory=WorkerOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Open the set and its data, go on, save, say what comes next."""
        from condenset.artifact.reading import read
        from condenset.run.extend import extension
        from condenset.run.own_data import own_task
        from condenset.run.watched import watched_run

        artifact = read(self.set)
        size = self.budget.chosen() if self.budget.flags() else None
        config = extension(artifact, self.set, self.steps, size, self.data)
        task = own_task(self.set, artifact, self.data, {})
        with self.limits.met_by(self.workers) as conditions:
            done = watched_run(screen, config, self.out, task=task, resume=self.resume, conditions=conditions)
        return Answer(done.record(), (told(done, self.out),))

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The same with --resume, where a run has begun that is not finished."""
        try:
            return resuming(self.out, given)
        except RequestError:
            return ()
