"""A kind of data that another package brings whole: its files, codec, target, exam and learners work like our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from condenset.artifact import load
from condenset.core.errors import ArtifactError
from tests.installing import install, install_project
from tests.run.conftest import Told

EXAMPLE = Path(__file__).resolve().parents[1] / "plugin_kind"
SITES = {"donor": "CAGGTAAGTAAC", "acceptor": "TTTTTCAGGTGA", "neither": ""}
RUN = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from condenset.run.cli import main
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""
OBJECTS = """
import condenset
texts, labels = ["ACGTAC", "CCGTAA"] * 10, ["a", "b"] * 10
made = condenset.distill((texts, labels), "random", size=condenset.Size(per_class=1), task="dna")
assert made.to_pandas()[["sequence", "label"]].values.tolist() == [["ACGTAC", "a"], ["CCGTAA", "b"]]
assert condenset.open_task("set.fasta", test_fraction=0).input_spec.shape == (4, 24), "an export is data"
assert condenset.load("set").decode().inputs.shape == (3, 4, 24)
"""


def python(site: Path, code: str, given: str = "") -> str:
    """What a program prints that finds what is installed in a folder."""
    places = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=site.parent, env=environment, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def condenset(site: Path, *commands: str) -> list[Told]:
    """Command lines, one after another in one process, since importing takes longer than most of them."""
    told = python(site, RUN, json.dumps([command.split() for command in commands]))
    return [Told(*json.loads(line)) for line in told.splitlines()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example is installed, beside a FASTA file."""
    folder = tmp_path_factory.mktemp("dna")
    install_project(folder / "site", EXAMPLE)
    random, labels = np.random.default_rng(0), [*SITES] * 200
    with (folder / "sites.fasta").open("w") as file:
        for number, label in enumerate(labels):
            bases, motif = random.choice(list("ACGT"), 24), np.array(list(SITES[label]), "<U1")
            part = bases[6 : 6 + len(motif)]
            part[:] = np.where(random.random(len(motif)) < 0.6, motif, part)
            file.write(f">{number} {label}\n{''.join(bases)}\n")
    return folder / "site"


def test_it_is_listed_and_what_cannot_be_used_is_named(site: Path) -> None:
    kinds, before = condenset(site, "list tasks --json", "list exams --json")
    (kind,) = (record for record in kinds.record if record["name"] == "dna")
    assert (kind["codec"], kind["exam"]) == ("nucleotides", "dna") and "kmers" in kind["learners"]
    (exam,) = (record for record in before.record if record["name"] == "dna")
    assert exam["repeats"] == 5 and len(exam["hash"]) == 16 and exam["summary"].startswith("DNA: ")

    (site.parent / "odd.fa").write_text(">1 a\nACGT\n>2 b\nACGTT\n")
    install(site, "condenset-spoilt", {"condenset.evaluation.exams": {"spoilt": "nowhere.exam", "quick": "os"}})
    after, refused = condenset(site, "list exams --json", "explain odd.fa --method random --per-class 1")
    assert after.record == before.record and "'spoilt'" in after.err
    assert refused.code == 2 and "sequence 2 of odd.fa is 'ACGTT', 5 long" in refused.err


def test_sets_of_it_are_made_graded_shown_exported_and_opened_again(site: Path) -> None:
    by_dm = "--method dm --set steps=100 --set start=herding --set source.size=10 --out set"
    made, graded, shown, *exported, chosen = condenset(
        site,
        f"distill sites.fasta --per-class 1 {by_dm}",
        "evaluate set --repeats 2 --baselines random --json",
        "report set --out page.html",
        "export set --to fasta --out set.fasta",
        "export set --to npz --out set.npz",
        "distill sites.fasta --per-class 1 --out chosen",
    )
    assert not [told.err for told in (made, graded, shown, *exported, chosen) if told.code]
    card = json.loads((site.parent / "set" / "card.json").read_text())
    assert card["codec"]["name"] == "nucleotides" and card["budget"]["data"] == 3 * 24 // 4, "two bits a base"

    assert graded.record["exam"] == "dna" and graded.record["metrics"][0]["name"] == "matthews"
    means = {(row["name"], row["network"]): row["mean"] for row in graded.record["rows"]}
    learners = {learner for name, learner in means if name == "distilled"}
    assert {"position-weights", "kmers"} <= learners and means["majority class", "any"] == 0
    ahead = [means["distilled", learner] - means["random", learner] for learner in learners]
    assert sum(ahead) / len(ahead) > 0.04

    page = (site.parent / "page.html").read_text()
    assert "data:image/png" in page and "DNA: a 1D CNN" in page, "the picture, and the exam in words"
    assert "dm, steps=60" in chosen.out + chosen.err, "its contender was tried"
    python(site, OBJECTS)
    with pytest.raises(ArtifactError, match="'matthews' is no kind of target"):
        load(site.parent / "set")  # by this process, which does not find the package
