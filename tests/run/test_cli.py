"""Exit codes and messages: what a user may get wrong, and what is then said, written and lost (nothing)."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import condenset
from condenset.artifact import files
from condenset.distillation import Step, distillation
from condenset.state import State
from tests.run.conftest import Cli, customers, photos

QUICK = ("--method", "dm", "--set", "steps=2", "--per-class", "1", "--out", "made")


def table(path: Path, **columns: object) -> str:
    pd.DataFrame(columns).to_csv(path, index=False)
    return str(path)


def number_grid(rows: int = 20) -> dict[str, object]:
    return {"x": np.arange(rows) * 1.5, "target": ["a", "b"] * (rows // 2)}


def images_npz(path: Path, images: object, labels: object) -> str:
    np.savez(path, x=images, y=labels)
    return str(path)


def pixels(count: int = 20) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 8, 8), dtype=np.uint8)


def _empty_folder(here: Path) -> str:
    (here / "nothing").mkdir()
    return "nothing"


def _class_without_example(here: Path) -> str:
    photos(here / "photos", 3)
    (here / "photos" / "violet").mkdir()
    return "photos"


def _unreadable(here: Path) -> str:
    photos(here / "photos", 4)
    (here / "photos" / "rose" / "broken.jpg").write_bytes(b"no picture")
    return "photos"


def _duplicate_columns(here: Path) -> str:
    (here / "t.csv").write_text("x,x,target\n" + "1,2,a\n3,4,b\n" * 10)
    return "t.csv"


def _ragged(here: Path) -> str:
    ragged = np.empty(20, dtype=object)
    ragged[:] = [np.zeros((8 + i % 2, 8), np.uint8) for i in range(20)]
    return images_npz(here / "r.npz", ragged, np.arange(20) % 2)


BAD_DATA: dict[str, tuple[Callable[[Path], str], tuple[str, ...]]] = {
    "unknown name": (lambda here: "digts", ("'digts'", "did you mean 'digits'?")),
    "missing path": (lambda here: "no/such.csv", ("no/such.csv",)),
    "empty folder": (_empty_folder, ("nothing",)),
    "empty class": (_class_without_example, ("violet",)),
    "one class": (lambda here: str(photos(here / "photos", 3, ("rose",))), ("class",)),
    "unreadable image": (_unreadable, ("broken.jpg", "skip")),
    "infinite feature": (lambda here: table(here / "t.csv", **number_grid() | {"x": [np.inf] * 20}), ("x", "inf")),
    "constant target": (lambda here: table(here / "t.csv", x=range(20), target=["a"] * 20), ("target",)),
    "duplicate columns": (_duplicate_columns, ("x",)),
    "negative label": (lambda here: images_npz(here / "i.npz", pixels(), np.arange(20) % 3 - 1), ("-1",)),
    "images not finite": (
        lambda here: images_npz(here / "i.npz", np.full((20, 8, 8), np.nan, np.float32), np.arange(20) % 2),
        ("finite",),
    ),
    "ragged images": (_ragged, ("r.npz",)),
}


@pytest.mark.parametrize("fault", BAD_DATA)
def test_data_that_cannot_be_used_are_refused(cli: Cli, tmp_path: Path, fault: str) -> None:
    make, expected = BAD_DATA[fault]
    source = make(tmp_path)
    told = cli("distill", source, *QUICK)
    assert told.code == 2, told.err
    assert told.out == ""
    assert told.err.startswith("error: ") and told.err.count("\n") == 1, "one line, no traceback"
    for part in expected:
        assert part in told.err
    assert not (tmp_path / "made").exists()


BAD_REQUESTS = {
    "unknown method": (("distill", "iris", *QUICK, "--method", "kipp"), "did you mean 'kip'?"),
    "method of other data": (("distill", "iris", *QUICK, "--method", "gcond"), "use one of"),
    "zero budget": (("distill", "iris", "--per-class", "0"), "--per-class 0 is an empty or endless budget"),
    "negative budget": (("distill", "iris", "--size", "-3"), "ask for more than 0"),
    "budget above the data": (("distill", "iris", "--per-class", "4000"), "setosa has"),
    "bytes for nothing": (("distill", "iris", "--bytes", "10"), "cannot cover 3 groups"),
    "no budget": (("distill", "iris"), "got none"),
    "a budget that is no number": (("distill", "iris", "--ratio", "nan"), "--ratio nan is an empty or endless budget"),
    "a budget beyond numbers": (("distill", "iris", "--per-class", "9" * 30), "is not below the"),
    "more items than numbers": (("distill", "iris", "--size", "9" * 30), "is not below the"),
    "fewer steps than none": (
        ("distill", "iris", "--method", "dm", "--set", "steps=-1", "--per-class", "1"),
        "steps cannot become -1: expected a finite number, a whole one of 0 or more",
    ),
    "a rate that is no number": (
        ("distill", "iris", "--method", "dm", "--set", "optimisers.data.rate=nan", "--per-class", "1"),
        "optimisers.data.rate cannot become nan: expected a finite number",
    ),
    "no part at all": (
        ("distill", "iris", "--method", "dm", "--set", "boosting.parts=0", "--per-class", "1"),
        "boosting.parts is 0: expected 1",
    ),
    "a rate below none": (
        ("distill", "iris", "--method", "dm", "--set", "optimisers.data.rate=-0.1", "--per-class", "1"),
        "a learning rate is -0.1: expected a number of 0 or more",
    ),
    "path that is too long": (("distill", f"{'x' * 300}.csv", *QUICK), "File name too long"),
    "two budgets": (("distill", "iris", "--per-class", "1", "--size", "4"), "got --per-class, --size"),
    "no data": (("distill", "--per-class", "1"), "no DATA was given"),
    "too much memory": (("distill", "iris", "--max-memory", "1MiB", *QUICK), "more than the 1 MiB allowed"),
    "too much time": (
        ("distill", "iris", "--method", "dm", "--max-time", "0.001s", "--per-class", "1", "--out", "made"),
        "more than the 0 s allowed",
    ),
    "unknown setting": (
        ("distill", "iris", "--method", "dm", "--set", "stepps=3", "--per-class", "1"),
        "did you mean 'steps'?",
    ),
    "setting of another kind": (
        ("distill", "iris", "--method", "dm", "--set", "steps=few", "--per-class", "1"),
        "'few'",
    ),
    "setting without a value": (
        ("distill", "iris", "--method", "dm", "--set", "steps", "--per-class", "1"),
        "--set name=value",
    ),
    "unknown device": (("distill", "iris", "--device", "cude", *QUICK), "did you mean 'cuda'?"),
    "device that is not there": (("distill", "iris", "--device", "xpu:9", *QUICK), "device xpu:9 is not there"),
    "device for Ray": (("distill", "iris", "--device", "auto", "--executor", "ray", *QUICK), "--executor torchrun"),
    "option of other data": (("distill", "digits", "--target", "x", *QUICK), "have no option --target"),
    "unknown target": (("distill", "iris", "--target", "targett", *QUICK), "did you mean 'target'?"),
    "nothing to resume": (("distill", "--resume", "--out", "made"), "nothing to resume"),
    "config and more": (
        ("distill", "--config", "absent.toml", "--per-class", "1", "--no-flip", "--set", "steps=1"),
        "leave out --set, --per-class, --no-flip",
    ),
    "resume and a budget": (("distill", "--resume", "--out", "made", "--per-class", "1"), "leave out --per-class"),
    "path that is not there": (("distill", "photos/", *QUICK), "there is no file or folder 'photos/'"),
    "path of a kind that is not there": (("distill", "cora/", "--task", "graph", *QUICK), "no file or folder 'cora/'"),
    "missing config": (("distill", "--config", "absent.toml"), "absent.toml"),
    "config and data": (("distill", "iris", "--config", "absent.toml"), "leave out DATA"),
    "missing set": (("evaluate", "absent"), "does not exist"),
    "cite without papers": (("list", "exams", "--cite"), "methods"),
    "page without a set": (("report", "absent"), "absent"),
    "page that is no page": (("report", "absent", "--out", "a.txt"), ".html"),
}


@pytest.mark.parametrize("fault", BAD_REQUESTS)
def test_requests_that_make_no_sense_are_refused(cli: Cli, tmp_path: Path, fault: str) -> None:
    words, expected = BAD_REQUESTS[fault]
    told = cli(*words)
    assert (told.code, told.out) == (2, "")
    assert expected in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("distil", "iris"), "distill"),
        (("distill", "iris", "--per-clas", "1"), "--per-class"),
        (("distill", "iris", "--max-memory", "much"), "2GiB"),
        (("evaluate",), "SET"),
        ((), "demo"),
    ],
)
def test_usage_errors_show_the_nearest_option(cli: Cli, words: tuple[str, ...], expected: str) -> None:
    told = cli(*words)
    assert (told.code, told.out) == (2, "")
    assert expected in told.err


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("distill", "digts", "--per-class", "1"), "UnknownNameError"),
        (("distill", "iris", "--size", "0"), "BudgetError"),
        (("evaluate", "absent"), "ArtifactError"),
        (("distill", "iris", "--nonsense"), "UsageError"),
    ],
)
def test_errors_are_one_json_object_too(cli: Cli, words: tuple[str, ...], kind: str) -> None:
    told = cli(*words, "--json")
    assert told.code == 2
    assert told.record["error"]["kind"] == kind
    assert told.record["error"]["message"] and told.err


def test_an_unreadable_image_is_skipped_only_when_asked(cli: Cli, tmp_path: Path) -> None:
    told = cli("distill", _unreadable(tmp_path), *QUICK, "--skip-unreadable")
    assert told.code == 0
    assert "broken.jpg" in told.err
    assert "saved in made" in told.out


def test_a_run_that_ends_worse_than_it_began_fails_with_1_and_makes_no_set(cli: Cli, tmp_path: Path) -> None:
    wild = ("--set", "steps=20", "--set", "source.size=3", "--set", "optimisers.data.rate=300")
    told = cli("distill", "iris", "--method", "dm", "--per-class", "2", *wild, "--out", "made")
    assert (told.code, told.out) == (1, "")
    assert "ended worse than it began" in told.err
    assert "lower the rates, for example --set optimisers.data.rate=30" in told.err
    assert not (tmp_path / "made" / "card.json").exists()


def test_a_finished_folder_is_never_written_again(cli: Cli, tmp_path: Path) -> None:
    words = ("distill", "iris", *QUICK)
    assert cli(*words).code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    for again in (words, (*words, "--resume"), ("distill", "--resume", "--out", "made")):
        told = cli(*again)
        assert told.code == 2
        assert "finished set already" in told.err
    assert {path: path.read_bytes() for path in (tmp_path / "made").iterdir()} == before


def test_a_full_disk_fails_with_1_and_the_run_can_be_resumed(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("condenset.artifact.saving.write_through", full)
        told = cli("distill", "iris", *QUICK)
    assert (told.code, told.out) == (1, "")
    assert "the disk is full" in told.err
    assert not (tmp_path / "made" / "card.json").exists()
    assert not list((tmp_path / "made").glob(".*"))
    assert cli("distill", "--resume", "--out", "made").code == 0
    assert (tmp_path / "made" / "card.json").exists()


def test_a_disk_that_is_full_from_the_start_leaves_nothing(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_through", full)
    told = cli("distill", "iris", *QUICK)
    assert told.code == 1
    assert "the disk is full" in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_for_the_first_picture_is_a_clear_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("condenset.run.distill.replacing", full)
    told = cli("distill", "iris", *QUICK)
    assert told.code == 1
    assert "cannot write made/start.png (the disk is full)" in told.err and "unexpected" not in told.err


@pytest.mark.parametrize("setting", ["source.size=0", "source.renew_every=0", "optimisers.data.momentum=-1.0"])
def test_a_setting_that_no_run_can_do_with_is_a_wrong_request(cli: Cli, setting: str) -> None:
    words = ("digits", "--method", "dm", "--per-class", "1", "--set", "steps=1", "--set", setting)
    for told in (cli("distill", *words, "--out", "made"), cli("explain", *words)):
        assert told.code == 2
        assert f"the run fails with steps=1, {setting} (" in told.err and "unexpected" not in told.err


def test_an_unexpected_error_is_one_line_and_a_traceback_on_request(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setitem(sys.modules["condenset.run.listing"].LISTINGS, "parts", broken)
    told = cli("list", "parts")
    assert (told.code, told.out) == (1, "")
    assert told.err == "error: unexpected ZeroDivisionError: no such luck (--debug shows where)\n"
    assert "Traceback" in cli("list", "parts", "--debug").err


def test_what_the_system_says_of_a_path_is_a_wrong_request(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied() -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "private\x1b[2J.csv")

    monkeypatch.setitem(sys.modules["condenset.run.listing"].LISTINGS, "parts", denied)
    told = cli("list", "parts")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: private\\x1b[2J.csv cannot be used (Permission denied): check the path, and who may read it\n"
    )


def _damaged(folder: Path, damage: str) -> str:
    card, data = folder / "card.json", folder / "data.safetensors"
    if damage == "truncated":
        data.write_bytes(data.read_bytes()[:-7])
    elif damage == "altered":
        data.write_bytes(data.read_bytes()[:-1] + b"\x7f")
    elif damage == "hostile":
        record = json.loads(card.read_text())
        card.write_text(json.dumps(record | {"data": "../../secret.safetensors"}))
    elif damage == "pickled":
        data.rename(folder / "data.pt")
    else:
        card.write_text(card.read_text().replace('"condenset/2"', '"condenset/7"'))
    return damage


def test_damaged_sets_are_refused_by_every_command_that_reads_one(cli: Cli, tmp_path: Path) -> None:
    assert cli("distill", "iris", *QUICK).code == 0
    said = {
        "truncated": "",
        "altered": "was altered",
        "hostile": "leads elsewhere",
        "pickled": "pickle",
        "future": "newer condenset",
    }
    for damage, expected in said.items():
        folder = shutil.copytree(tmp_path / "made", tmp_path / damage)
        _damaged(folder, damage)
        for words in (("evaluate", folder), ("export", folder, "--to", "npz", "--out", "x.npz")):
            told = cli(*words)
            assert (told.code, told.out) == (2, ""), damage
            assert expected in told.err
    assert not (tmp_path / "x.npz").exists()


def test_a_changed_dataset_is_not_scored(cli: Cli, tmp_path: Path) -> None:
    path = customers(tmp_path / "customers.csv")
    assert cli("distill", path.name, "--target", "churn", *QUICK).code == 0
    path.write_text(path.read_text().replace("gold", "silver"))
    told = cli("evaluate", "made")
    assert told.code == 2
    assert "are not those the set was made from" in told.err


def test_the_data_may_have_moved_since(cli: Cli, tmp_path: Path) -> None:
    customers(tmp_path / "customers.csv")
    assert cli("distill", "customers.csv", "--target", "churn", *QUICK).code == 0
    (tmp_path / "customers.csv").rename(tmp_path / "moved.csv")
    words = ("evaluate", "made", "--networks", "logistic", "--repeats", "1", "--baselines", "", "--json")
    assert cli(*words).code == 2
    assert [row["name"] for row in cli(*words, "--data", "moved.csv").record["rows"]][:-1] == ["distilled"]


def test_help_and_the_list_of_methods_need_nothing_heavy() -> None:
    heavy = {"torch", "pandas", "sklearn", "scipy", "matplotlib", "numpy"}
    for words in (["--help"], ["list", "methods", "--json"]):
        code = (
            "import sys; from condenset.run.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        assert done.stdout
        assert heavy & set(done.stderr.split()) == set()


def test_the_help_of_all_commands_says_what_each_says_of_itself(cli: Cli) -> None:
    every = " ".join(cli("--help").out.replace("│", " ").split())
    for name in ("demo", "distill", "evaluate", "list", "import", "export", "bench"):
        own = cli(name, "--help").out.split("\n\n")[1].split("\n")[0]
        assert own in every, name


def test_help_takes_less_than_a_second() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "condenset", "--help"], capture_output=True, text=True, check=True)
        assert "distill" in done.stdout
        return time.perf_counter() - began

    assert min(seconds() for _ in range(3)) < 1


def test_a_reader_that_has_gone_is_no_error() -> None:
    """As `condenset --help | true` has it."""
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-m", "condenset", "--help"]
    done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, "")


def test_an_interrupt_is_no_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules["condenset.run.listing"].LISTINGS, "parts", interrupted)
    told = cli("list", "parts")
    assert (told.code, told.out, told.err) == (130, "", "stopped\n")  # a listing has nothing to go on with


def test_an_interrupted_run_is_told_the_command_that_goes_on(cli: Cli, tmp_path: Path) -> None:
    def interrupted(state: State, seed: int) -> Iterator[Step]:
        yield from islice(distillation(state, seed), 3)
        raise KeyboardInterrupt

    words = ("distill", "iris", "--method", "dm", "--per-class", "2", "--set", "steps=5", "--out", "my run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("condenset.run.distill.distillation", interrupted)
        told = cli(*words)
    assert told.code == 130
    command = "condenset distill iris --method dm --per-class 2 --set steps=5 --out 'my run' --resume"
    assert told.err.endswith(f"\nstopped; go on with: {command}\n")
    assert cli(*shlex.split(command)[1:]).code == 0
    assert (tmp_path / "my run" / "card.json").exists()


@pytest.mark.parametrize("words", [("compare", "iris", "--out", "made"), ("reproduce", "dm", "--out", "made")])
def test_what_does_nothing_twice_goes_on_with_the_same_words(cli: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    def interrupted(*_: object, **__: object) -> None:
        (tmp_path / "made").mkdir()
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("condenset.run.compare.cells", interrupted)
        patch.setattr("condenset.run.reproduce.settings", interrupted)
        told = cli(*words)
    assert told.code == 130 and told.err.splitlines()[-1] == f"stopped; go on with: condenset {' '.join(words)}"


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").out == f"condenset {condenset.__version__}\n"
    assert "--version" in cli("--help").out


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_shells_can_complete_commands(cli: Cli, tmp_path: Path, shell: str) -> None:
    told = cli("--tyro-write-completion", shell, tmp_path / "completion")
    assert (told.code, told.err) == (0, "")
    written = (tmp_path / "completion").read_text()
    assert "condenset" in written and "distill" in written and "--per-class" in written


def test_a_termination_ends_as_an_interrupt_does(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def terminated() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setitem(sys.modules["condenset.run.listing"].LISTINGS, "parts", terminated)
    told = cli("list", "parts")
    assert (told.code, told.out) == (130, "")
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("words", [("--workers", "2"), ("--executor", "processes", "--workers", "0")])
def test_workers_need_an_executor_that_has_some(cli: Cli, words: tuple[str, ...]) -> None:
    told = cli("compare", "iris", *words)
    assert told.code == 2
    assert "--executor processes or ray" in told.err
