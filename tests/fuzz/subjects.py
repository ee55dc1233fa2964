"""What is damaged: folders of sets, of runs and of data, and the commands that read them."""

from __future__ import annotations

import pkgutil
import shutil
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import torch

from condenset.artifact.checkpoint import LATEST
from condenset.distillation import Step
from condenset.run.config import read_config
from condenset.run.distill import Conditions, run
from tests.artifact.conftest import gcond_files
from tests.fuzz import kinds
from tests.fuzz.kinds.graph import graph_npz
from tests.fuzz.subject import Commands, Subject, of_set, told

OLD = Path(__file__).parents[1] / "artifact" / "old"


def _iris() -> None:
    told("distill", "iris", "--method", "dm", "--per-class", "1", "--set", "steps=3", "--out", "set")
    told("evaluate", "set", "--networks", "logistic", "--repeats", "1", "--baselines", "random")


def _interrupted() -> None:
    """A run of ten steps with two checkpoints, and what it comes to."""
    told("distill", "iris", "--method", "dm", "--per-class", "1", "--set", "steps=10", "--out", "whole")
    config = read_config(Path("whole/run.toml"))

    def watch(step: Step, _: int) -> None:
        if step.step == 8:
            raise InterruptedError

    try:
        run(config, out="cut", conditions=Conditions(checkpoint_every=0.0), watch=watch)
    except InterruptedError:
        assert Path("cut", LATEST).exists()
    shutil.copy("whole/data.safetensors", "expected")
    shutil.rmtree("whole")


def _table() -> None:
    told("compare", "iris", *_TABLE)


def _dc() -> None:
    sets = [[torch.zeros(10, 1, 8, 8), torch.arange(10)]]
    torch.save({"data": sets, "accs_all_exps": {"ConvNet": [np.float64(0.5)]}}, "res.pt")


def _mtt() -> None:
    torch.save(torch.zeros(10, 1, 8, 8), "images_best.pt")
    torch.save(torch.arange(10), "labels_best.pt")
    torch.save(torch.tensor(0.05), "lr_best.pt")


def _gcond() -> None:
    graph_npz()
    gcond_files(Path(), 4, 4)


def _copy(path: Path) -> None:
    shutil.copytree(path, "set")


def _imported(file: str, kind: str, data: str) -> Commands:
    return (("import", file, "--format", kind, "--data", data, "--out", "made"),)


_TABLE = (
    *("--methods", "random", "--exam", "quick", "--networks", "logistic", "--repeats", "1", "--baselines", "random"),
    *("--out", "table"),
)
_GRADE = ("--networks", "logistic", "--repeats", "1", "--baselines", "")
_STEP = ("--method", "dm", "--per-class", "2", "--set", "steps=1")

KINDS = {found.name: import_module(f"{kinds.__name__}.{found.name}") for found in pkgutil.iter_modules(kinds.__path__)}
SUBJECTS: dict[str, Subject] = {
    **{name: subject for kind in KINDS.values() for name, subject in kind.SUBJECTS.items()},
    "set": of_set(
        _iris,
        ("evaluate", "set", *_GRADE),
        ("extend", "set", "--steps", "1", "--out", "further"),
        ("distill", "iris", *_STEP, "--start", "set", "--out", "from"),
        exports=("npz", "csv", "parquet", "hf"),
        of_the_card=(("reproduce", "--runs", "set", "--into", "results"),),
        others=(("distill", "--config", "set/run.toml", "--out", "again", "--max-time", "5s"),),
    ),
    "run": Subject(
        _interrupted,
        {"cut/*": (("distill", "--resume", "--out", "cut"), ("report", "cut"))},
        result="cut/data.safetensors",
    ),
    **{f"old {path.name}": of_set(partial(_copy, path)) for path in sorted(OLD.iterdir()) if path.is_dir()},
    "dc": Subject(_dc, {"*.pt": _imported("res.pt", "dc", "digits")}),
    "mtt": Subject(_mtt, {"*.pt": _imported("images_best.pt", "mtt", "digits")}),
    "gcond": Subject(_gcond, {"*.pt": _imported("adj_x.pt", "gcond", "graph.npz")}),
    "table": Subject(_table, {"table/*/*.[jt]*": (("compare", "iris", *_TABLE),)}),
}
