"""The command line in this process, and data as users have them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from condenset.distillation import Step
from condenset.run.cli import main


@dataclass(frozen=True)
class Told:
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> Any:
        """The one JSON object of standard output."""
        return json.loads(self.out)


Cli = Callable[..., Told]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line, given as words, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> Told:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Told(code, *capsys.readouterr())

    return run


class Killed(Exception):
    """Stands in for a kill."""


def killed_after(steps: int) -> Any:
    def watch(step: Step, _: int) -> None:
        if step.step == steps:
            raise Killed

    return watch


def photos(root: Path, per_class: int = 12, classes: tuple[str, ...] = ("daisy", "rose", "tulip")) -> Path:
    """Class folders of JPEG photos of different sizes; every class has its colour."""
    random = np.random.default_rng(0)
    for level, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for number in range(per_class):
            height, width = random.integers(12, 40, 2)
            pixels = random.integers(0, 120, (height, width, 3))
            pixels[..., level % 3] += 100
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"photo {number}.jpg")
    return root


def customers(path: Path, rows: int = 120) -> Path:
    """A CSV of mixed types with gaps, whose churn follows from age and plan."""
    random = np.random.default_rng(0)
    age, plan = random.integers(18, 80, rows), random.choice(["basic", "gold", "family"], rows)
    frame = pd.DataFrame(
        {
            "age": age,
            "plan": plan,
            "spent": np.where(random.random(rows) < 0.1, np.nan, random.gamma(2, 50, rows).round(2)),
            "since": pd.to_datetime("2020-01-01") + pd.to_timedelta(random.integers(0, 900, rows), "D"),
            "churn": np.where((age > 45) ^ (plan == "gold"), "yes", "no"),
        }
    )
    frame.to_csv(path, index=False)
    return path
