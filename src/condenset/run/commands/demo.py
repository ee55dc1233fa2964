"""`condenset demo`: the whole story on real data in about a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import OmitArgPrefixes, arg

from condenset.run.console import Answer, Screen
from condenset.run.options import Output

_DATA, _METHOD, _PER_BIN = "diabetes", "coreset-search", 2
_SETS = 3  # by as many seeds: one set's luck is not known, and its verdict would be as wide as the rival's draws
_TESTED: dict[str, Any] = {"test_fraction": 0.5}  # of 442 patients: fewer would leave every verdict to chance
_BASELINES = ("random", "herding", "k-center", "k-means", "full")


@dataclass(frozen=True)
class Demo:
    """The whole story on real data in about a minute: distil a table to twenty rows, grade them, write the page.

    Attributes:
        out: new folder to write into; condenset-demo, or that with a number where there is one already.
        seed: of every random stream of the first of three sets; the others count on from it.
    """

    out: Annotated[Path | None, arg(metavar="FOLDER")] = None
    seed: int = 0
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Distil, grade beside baselines and the full data, write the page."""
        from condenset.core.budget import Size
        from condenset.evaluation.exam import named_exam
        from condenset.report.page import write_page
        from condenset.run.config import Config
        from condenset.run.evaluate import Examination
        from condenset.run.watched import grade, score_table, watched_run
        from condenset.tasks.catalogue import open_task

        began = time.perf_counter()
        out = self.out or _free_folder()
        task = open_task(_DATA, **_TESTED)
        folders = [out / f"{_DATA}-{_METHOD}-s{self.seed + index}" for index in range(_SETS)]
        made = [
            watched_run(screen, Config(_DATA, _METHOD, Size(per_class=_PER_BIN), seed, _TESTED), folder, task=task)
            for seed, folder in enumerate(folders, start=self.seed)
        ]
        grading = Examination(named_exam(task.modality.exam), (), _BASELINES, None, self.seed)
        evaluation = grade(screen, folders, task, grading)
        graded = evaluation.record()
        page = write_page(folders[:1], out / "page.html")
        record = {
            "schema": "condenset.demo/2",
            "folder": str(out),
            "page": str(page),
            "wall_s": time.perf_counter() - began,
            "distill": [one.record() for one in made],
            "evaluate": graded,
        }
        rows = len(made[0].synthetic)
        title = f"{rows} synthetic patients made from {len(task.train)} real ones, {_SETS} times over"
        metric, worth = task.target.metrics[0], evaluation.verdict
        sentences = [] if worth is None else [worth.sentence(metric)]
        places = f"set: {folders[0]}\npage: {page} (open it in a browser)"
        return Answer(record, (title, score_table(graded["rows"], metric), *sentences, places))


def _free_folder() -> Path:
    names = (f"condenset-demo-{number}" if number > 1 else "condenset-demo" for number in count(1))
    return next(Path(name) for name in names if not Path(name).exists())
