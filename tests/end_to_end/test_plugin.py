"""What another package brings, a method or a kind of data, works like condenset's own; a broken one stops no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from condenset.artifact import load
from condenset.core.errors import ArtifactError
from tests.installing import install, install_project
from tests.run.conftest import Told

EXAMPLE = Path(__file__).resolve().parents[1] / "plugin"
BROKEN = {
    "condenset.methods": {"spoilt": "condenset_broken_plugin.spoilt"},
    "condenset.tasks": {"smells": "condenset_late_plugin.smells"},
}
BROKEN_FILES = {
    "condenset_broken_plugin/__init__.py": "raise RuntimeError('no licence')\n",
    "condenset_late_plugin/__init__.py": "",
    "condenset_late_plugin/smells.py": '"""Smells."""\nimport nowhere\nMODALITY = Modality(name="smells")\n',
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Where the example is installed."""
    install_project(tmp_path / "site", EXAMPLE)
    return tmp_path / "site"


def condenset(site: Path, *words: str) -> Told:
    """A command line in a process that finds what is installed in a folder."""
    places = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-m", "condenset", *words]
    done = subprocess.run(command, cwd=site.parent, env=environment, capture_output=True, text=True, check=False)
    return Told(done.returncode, done.stdout, done.stderr)


def test_a_plug_in_is_listed_distils_and_is_graded(site: Path) -> None:
    (listed,) = (r for r in condenset(site, "list", "methods", "--json").record if r["name"] == "dm-absolute")
    assert (listed["family"], listed["year"]) == ("distribution", 2025)
    assert {"graph", "image", "tabular"} <= set(listed["tasks"])
    assert listed["summary"].startswith("DM with absolute differences")

    made = condenset(site, "distill", "digits", "--method", "dm-absolute", "--per-class", "1", "--out", "set", "--json")
    assert made.code == 0, made.err
    folder = site.parent / "set"
    assert json.loads((folder / "card.json").read_text())["codec"]["name"] == "untouched"

    words = ("--exam", "quick", "--networks", "mlp", "--repeats", "1", "--baselines", "random", "--json")
    graded = condenset(site, "evaluate", "set", *words)
    assert graded.code == 0, graded.err
    means = {row["name"]: row["mean"] for row in graded.record["rows"]}
    assert set(means) == {"distilled", "random", "majority class"}
    assert min(means["distilled"], means["random"]) > means["majority class"] + 0.1, "both know more than chance"

    with pytest.raises(ArtifactError, match=r"unknown codec 'untouched'.* a plug-in may have it"):
        load(folder)  # by this process, which does not find the package


def test_a_kind_of_data_is_listed_opened_recommended_for_and_recognised(site: Path) -> None:
    (kind,) = (r for r in condenset(site, "list", "tasks", "--json").record if r["name"] == "spectra")
    assert (kind["exam"], kind["datasets"]) == ("tabular", ["lamps"]) and "columns" in kind["offers"]
    known = {record["name"]: record["task"] for record in condenset(site, "list", "datasets", "--json").record}
    assert known["lamps"] == "spectra"
    methods = {record["name"]: record["tasks"] for record in condenset(site, "list", "methods", "--json").record}
    assert "spectra" in methods["dm"] and "spectra" not in methods["relabel"], "it has no teachers"

    told = condenset(site, "recommend", "lamps", "--per-class", "1", "--exam", "quick", "--json")
    assert told.code == 0, told.err
    found = [(row["method"], row["changes"]) for row in told.record["rows"]]
    assert ("dm", {"steps": 3, "start": "herding"}) in found and len(found) == 5, "beside those of all kinds"

    (site.parent / "notes.md").write_text("nothing of the kind")
    refused = condenset(site, "recommend", "notes.md", "--per-class", "1")
    assert refused.code == 2 and "files of a spectrometer" in refused.err


def test_a_broken_plug_in_is_named_and_stops_nothing_else(site: Path) -> None:
    install(site, "condenset-broken", BROKEN, BROKEN_FILES)
    listed = condenset(site, "list", "methods", "--json")
    assert listed.code == 0
    assert {"dm", "dm-absolute"} <= {record["name"] for record in listed.record}
    assert "spoilt" not in listed.out
    (note,) = (line for line in listed.err.splitlines() if "spoilt" in line)
    assert "'condenset-broken'" in note and "RuntimeError: no licence" in note

    refused = condenset(site, "distill", "iris", "--method", "spoilt", "--per-class", "1", "--out", "set")
    assert refused.code == 2
    assert "error: the method 'spoilt' of the package 'condenset-broken' cannot be used" in refused.err
    assert "RuntimeError: no licence" in refused.err
    assert "note: the modality 'smells'" in refused.err, "iris was opened beside it"
    assert not (site.parent / "set").exists()
