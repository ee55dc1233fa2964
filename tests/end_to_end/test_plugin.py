"""A method in a package of its own works like one of condenset's, and a package that is broken stops nothing else."""

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
