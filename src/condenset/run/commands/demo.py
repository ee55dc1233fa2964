"""`condenset demo`: the whole story on real data in about a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, arg

from condenset.run.console import Answer, Screen
from condenset.run.options import Output

_DATA, _METHODS, _EXAM, _REPEATS = "digits", ("dm", "kip"), "quick", 3
_BASELINES = ("random", "random-same-labels", "herding", "k-means", "full")


@dataclass(frozen=True)
class Demo:
    """The whole story on real data in about a minute: distil one example per class, score it, write the page.

    Attributes:
        out: new folder to write into; condenset-demo, or that with a number where there is one already.
        seed: of every random stream.
    """

    out: Annotated[Path | None, arg(metavar="FOLDER")] = None
    seed: int = 0
    output: OmitArgPrefixes[Output] = Output()

    def run(self, screen: Screen) -> Answer:
        """Distil by two methods, grade beside baselines, write the page."""
        from condenset.core.budget import Size
        from condenset.evaluation.exam import named_exam
        from condenset.report.page import write_page
        from condenset.run.compare import cells, compare
        from condenset.run.config import Config
        from condenset.run.watched import Grading, score_table
        from condenset.tasks.catalogue import open_task

        began = time.perf_counter()
        out = self.out or _free_folder()
        task = open_task(_DATA)
        chosen = cells([Config(_DATA, method, Size(per_class=1), self.seed) for method in _METHODS], out)
        rows = compare(chosen, task, Grading(named_exam(_EXAM), (), _BASELINES, _REPEATS, self.seed), screen)
        page = write_page([cell.folder for cell in chosen], out / "page.html")
        seconds = time.perf_counter() - began
        record = {"schema": "condenset.demo/1", "folder": str(out), "page": str(page), "wall_s": seconds, "rows": rows}
        title = f"{len(task.train)} real digits in {task.target.groups} synthetic ones; tested on {len(task.held_out())}"
        return Answer(record, (title, score_table(rows, task.target.metric), f"{seconds:.0f} s, page: {page}"))


def _free_folder() -> Path:
    names = (f"condenset-demo-{number}" if number > 1 else "condenset-demo" for number in count(1))
    return next(Path(name) for name in names if not Path(name).exists())
