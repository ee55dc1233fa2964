"""What every set says of itself, of whatever kind its data are: as it was made, and read from where it was saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import condenset
from condenset.core.budget import Size
from condenset.tasks.task import Task
from tests.conformance import examples

tasks = pytest.mark.parametrize("name", list(examples.MAKERS))


def made(task: Task) -> condenset.SyntheticSet:
    """Chosen examples, a stretch of a sequence."""
    if "sequence" in task.offers:
        return condenset.distill(task, "random-slice", size=Size(items=24))
    return condenset.distill(task, "random", size=Size(items=max(len(task.groups), 7)))


@tasks
def test_a_set_is_a_table_and_a_picture_before_and_after_it_was_saved(name: str, tmp_path: Path) -> None:
    task = examples.task(name)
    synthetic = made(task)
    again = condenset.load(synthetic.save(tmp_path / "set"))
    assert len(synthetic) == len(again) and repr(synthetic) == repr(again)
    assert f"from {task.name} by random" in repr(again)
    frame = synthetic.to_pandas()
    pd.testing.assert_frame_equal(frame, again.to_pandas())
    assert len(frame) >= len(synthetic) and frame.columns.is_unique and all(isinstance(each, str) for each in frame)
    assert np.array_equal(np.asarray(synthetic.plot()), np.asarray(again.plot()))
    assert np.asarray(synthetic.plot()).std() > 0, "something is drawn"
    assert synthetic.classes == again.classes == (task.groups.names if "classes" in task.target.offers else ())
    for constant in (synthetic.mean, synthetic.std):
        assert constant is None or len(constant) in task.input_spec.shape
