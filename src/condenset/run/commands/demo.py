"""`condenset demo`: the whole story on real data in about a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, arg

from condenset.run.console import Answer, Screen
from condenset.run.options import Output

_DATA, _METHOD, _EXAM, _REPEATS = "digits", "dm", "quick", 4
_SHORTER = {"steps": 200, "source.size": 10, "source.renew_every": 20, "objective.per_group": 64}  # a demo's patience
_BASELINES = ("random", "herding", "k-center", "k-means")


@dataclass(frozen=True)
class Demo:
    """The whole story on real data in about a minute: distil one example per class, score it, write the page.

    Attributes:
        out: new folder to write into; condenset-demo, or that with a number where there is one already.
        seed: of every random stream.
    """

    out: Annotated[Path | None, arg(metavar="FOLDER")] = None
    seed: int = 0
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Distil on a shortened schedule, grade beside baselines, write the page."""
        from condenset.core.budget import Size
        from condenset.evaluation.exam import named_exam
        from condenset.report.page import write_page
        from condenset.run.config import Config
        from condenset.run.watched import Examination, grade, score_table, watched_run
        from condenset.tasks.catalogue import open_task

        began = time.perf_counter()
        out = self.out or _free_folder()
        task = open_task(_DATA)
        config = Config(_DATA, _METHOD, Size(per_class=1), self.seed, changes=_SHORTER)
        folder = out / f"{_DATA}-{_METHOD}"
        made = watched_run(screen, config, folder, task=task)
        grading = Examination(named_exam(_EXAM), (), _BASELINES, _REPEATS, self.seed)
        graded = grade(screen, folder, task, grading).record()
        page = write_page([folder], out / "page.html")
        record = {
            "schema": "condenset.demo/1",
            "folder": str(out),
            "page": str(page),
            "wall_s": time.perf_counter() - began,
            "distill": made.record(),
            "evaluate": graded,
        }
        title = f"{len(made.synthetic.groups)} synthetic digits made from {len(task.train)} real ones"
        shown = score_table(graded["rows"], task.target.metrics[0])
        return Answer(record, (title, shown, f"set: {folder}\npage: {page} (open it in a browser)"))


def _free_folder() -> Path:
    names = (f"condenset-demo-{number}" if number > 1 else "condenset-demo" for number in count(1))
    return next(Path(name) for name in names if not Path(name).exists())
