"""What is damaged: folders of sets, of runs and of data, and the commands that read them."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import struct
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from condenset.artifact.checkpoint import LATEST
from condenset.distillation import Step
from condenset.run.cli import main
from condenset.run.config import read_config
from condenset.run.distill import Conditions, run
from tests.artifact.conftest import gcond_files
from tests.tasks.control.example import log
from tests.tasks.graph import example as graph
from tests.tasks.graph.test_planetoid import write_raw
from tests.tasks.graphs import example as graphs
from tests.tasks.interactions import example as interactions
from tests.tasks.labelled_series import example as labelled_series
from tests.tasks.pictures.pictures import class_folders, noise, png
from tests.tasks.series import example as series
from tests.tasks.text import example as text

Words = tuple[str, ...]
Commands = tuple[Words, ...]
OLD = Path(__file__).parents[1] / "artifact" / "old"
_ONE = ("--method", "random", "--size", "3")
_SHORT = ("--methods", "random", "--baselines", "random", "--repeats", "1")  # what is legal is really trained on


@dataclass(frozen=True)
class Subject:
    """A folder to damage.

    Attributes:
        make: fills the empty current folder.
        read: the commands that read what is damaged, by the files' glob.
        slow: further ones, tried where one of those has refused: they take long for what is good.
        sealed: a file whose every change is refused by all that read it.
        result: the file that a command which succeeds must leave as it was made, beside it as `expected`.
    """

    make: Callable[[], None]
    read: Mapping[str, Commands]
    slow: Commands = ()
    sealed: str = ""
    result: str = ""


def told(*words: str) -> None:
    """A command that must succeed while subjects are made."""
    if code := main(list(words)):
        raise RuntimeError(f"condenset {' '.join(words)}: exit code {code}")


def _reading(data: str, *options: str) -> Commands:
    return ("explain", data, *_ONE, *options), ("distill", data, *_ONE, *options, "--out", "made")


def _data(make: Callable[[], None], data: str, damaged: str, *options: str) -> Subject:
    few = ("--size", "3", *options)
    race = ("recommend", data, *few), ("compare", data, *_SHORT, "--out", "table", *options)
    return Subject(make, {damaged: _reading(data, *options)}, race)


def _set(
    make: Callable[[], None], *more: Words, exports: Words = ("npz",), of_the_card: Commands = (), others: Commands = ()
) -> Subject:
    written = (("export", "set", "--to", to, "--out", f"out-{to}") for to in exports)
    shown: Commands = (("report", "set"), ("report", "set", "set"))
    of_tensors = (*shown, *written, *more)
    read = {"set/data.safetensors": of_tensors, "set/card.json": (*of_tensors, *of_the_card)}
    return Subject(
        make, {**read, "set/log.jsonl": shown, "set/*.toml": (*shown, *others)}, sealed="set/data.safetensors"
    )


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


def _frame() -> pd.DataFrame:
    numbers = np.random.default_rng(0)
    age, plan = numbers.integers(18, 80, 60), numbers.choice(["basic", "gold"], 60)
    since = pd.to_datetime("2020-01-01") + pd.to_timedelta(numbers.integers(0, 900, 60), "D")
    return pd.DataFrame({"age": age, "plan": plan, "since": since, "churn": np.where(age > 45, "yes", "no")})


def _rows(suffix: str) -> Callable[[], None]:
    def make() -> None:
        frame = _frame()
        if suffix == "csv":
            frame.to_csv("rows.csv", index=False)
        elif suffix == "parquet":
            frame.to_parquet("rows.parquet")
        else:
            np.savez("rows.npz", X=np.random.default_rng(0).normal(size=(60, 4)), y=np.arange(60) % 2)

    return make


def _images_npz() -> None:
    np.savez("images.npz", x=np.stack([noise(8, 8, 3, seed) for seed in range(20)]), y=np.arange(20) % 2)


def _idx() -> None:
    Path("idx").mkdir()
    for part, count in (("train", 20), ("t10k", 10)):
        pixels = np.stack([noise(8, 8, 1, seed).squeeze() for seed in range(count)])
        head = struct.pack(">IIII", 0x803, count, 8, 8)
        with gzip.open(f"idx/{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(head + pixels.tobytes())
        labels = (np.arange(count) % 2).astype(np.uint8)
        Path(f"idx/{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels.tobytes())


def _photos() -> None:
    class_folders(Path("photos"), {"a": 8, "b": 8})


def _shards() -> None:
    Path("shards").mkdir()
    for number in range(2):
        with tarfile.open(f"shards/{number}.tar", "w") as archive:
            for place in range(10):
                for suffix, content in ((".png", png(noise(8, 8, 3, place))), (".cls", str(place % 2).encode())):
                    entry = tarfile.TarInfo(f"{number}{place:03d}{suffix}")
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))


def _nested_parquet() -> None:
    pictures = [{"bytes": png(noise(8, 8, 3, place)), "path": None} for place in range(20)]
    Path("hub/data").mkdir(parents=True)
    pd.DataFrame({"image": pictures, "label": np.arange(20) % 2}).to_parquet("hub/data/train-00000.parquet")
    Path("hub/dataset_infos.json").write_text(json.dumps({"default": {}}))


def _graph_npz() -> None:
    np.savez("graph.npz", **graph.arrays())


def _planetoid() -> None:
    write_raw(Path("net"))


def _series() -> None:
    series.written(series.frame(), Path())


def _texts(name: str) -> Callable[[], None]:
    def make() -> None:
        text.written(text.frame(60), Path(), name)

    return make


def _graphs_text() -> None:
    Path("shapes.txt").write_text(graphs.text(graphs.raw(20)), encoding="utf8")


def _tu_folder() -> None:
    graphs.folder(graphs.raw(20), Path("tu"))


def _labelled_series() -> None:
    labelled_series.archived(Path(), 20, 10)


def _interactions() -> None:
    interactions.frame().to_csv("shop.csv", index=False)


def _log() -> None:
    found = log()
    np.savez("log.npz", observations=found.observations, actions=found.actions)


def _dc() -> None:
    sets = [[torch.zeros(10, 1, 8, 8), torch.arange(10)]]
    torch.save({"data": sets, "accs_all_exps": {"ConvNet": [np.float64(0.5)]}}, "res.pt")


def _mtt() -> None:
    torch.save(torch.zeros(10, 1, 8, 8), "images_best.pt")
    torch.save(torch.arange(10), "labels_best.pt")
    torch.save(torch.tensor(0.05), "lr_best.pt")


def _gcond() -> None:
    _graph_npz()
    gcond_files(Path(), 4, 4)


def _copy(path: Path) -> None:
    shutil.copytree(path, "set")


def _saved(make: Callable[[], None], data: str, *options: str) -> Callable[[], None]:
    def made() -> None:
        make()
        told("distill", data, *_ONE, *options, "--out", "set")

    return made


def _imported(file: str, kind: str, data: str) -> Commands:
    return (("import", file, "--format", kind, "--data", data, "--out", "made"),)


_TABLE = (
    *("--methods", "random", "--exam", "quick", "--networks", "logistic", "--repeats", "1", "--baselines", "random"),
    *("--out", "table"),
)
_GRADE = ("--networks", "logistic", "--repeats", "1", "--baselines", "")
_STEP = ("--method", "dm", "--per-class", "2", "--set", "steps=1")
_STEPS = ("--lookback", "8", "--horizon", "4")
_LOG = ("--environment", "CartPole-v1")

SUBJECTS: dict[str, Subject] = {
    "set": _set(
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
    "set of images": _set(_saved(_photos, "photos"), exports=("npz", "png", "hf")),
    "set of nodes": _set(_saved(_graph_npz, "graph.npz"), exports=("npz", "pyg")),
    "set of series": _set(_saved(_series, "own.csv", *_STEPS), exports=("npz", "csv")),
    "set of texts": _set(_saved(_texts("own.csv"), "own.csv"), exports=("npz", "csv", "jsonl", "hf")),
    "set of graphs": _set(_saved(_graphs_text, "shapes.txt"), exports=("npz", "pyg")),
    "set of labelled series": _set(_saved(_labelled_series, "Waves"), exports=("npz", "csv")),
    "set of interactions": _set(_saved(_interactions, "shop.csv"), exports=("npz", "csv")),
    **{f"old {path.name}": _set(partial(_copy, path)) for path in sorted(OLD.iterdir()) if path.is_dir()},
    "csv": _data(_rows("csv"), "rows.csv", "rows.csv", "--target", "churn"),
    "csv without a target": _data(_rows("csv"), "rows.csv", "rows.csv"),
    "parquet": _data(_rows("parquet"), "rows.parquet", "rows.parquet", "--target", "churn"),
    "npz of rows": _data(_rows("npz"), "rows.npz", "rows.npz"),
    "npz of images": _data(_images_npz, "images.npz", "images.npz"),
    "idx": _data(_idx, "idx", "idx/*"),
    "photos": _data(_photos, "photos", "photos/*/*"),
    "shards": _data(_shards, "shards", "shards/*"),
    "parquet of images": _data(_nested_parquet, "hub", "hub/**/*"),
    "npz of a graph": _data(_graph_npz, "graph.npz", "graph.npz"),
    "planetoid": _data(_planetoid, "net", "net/*"),
    "series": _data(_series, "own.csv", "own.csv", *_STEPS),
    "csv of texts": _data(_texts("own.csv"), "own.csv", "own.csv"),
    "tsv of texts": _data(_texts("own.tsv"), "own.tsv", "own.tsv"),
    "jsonl of texts": _data(_texts("own.jsonl"), "own.jsonl", "own.jsonl"),
    "text of graphs": _data(_graphs_text, "shapes.txt", "shapes.txt"),
    "folder of graphs": _data(_tu_folder, "tu", "tu/*"),
    "labelled series": _data(_labelled_series, "Waves", "Waves/*"),
    "interactions": _data(_interactions, "shop.csv", "shop.csv"),
    "log": _data(_log, "log.npz", "log.npz", *_LOG),
    "dc": Subject(_dc, {"*.pt": _imported("res.pt", "dc", "digits")}),
    "mtt": Subject(_mtt, {"*.pt": _imported("images_best.pt", "mtt", "digits")}),
    "gcond": Subject(_gcond, {"*.pt": _imported("adj_x.pt", "gcond", "graph.npz")}),
    "table": Subject(_table, {"table/*/*.[jt]*": (("compare", "iris", *_TABLE),)}),
}
