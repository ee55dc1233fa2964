"""The documentation builds as a site without a warning, such as one of a link that leads nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import condenset
from tests.conftest import ROOT

pytest.importorskip("sphinx_external_toc")
pytest.importorskip("myst_nb")


@pytest.mark.slow
def test_the_site_has_the_pages_the_notebooks_and_the_public_names(tmp_path: Path) -> None:
    words = ["-q", "-W", "--keep-going", str(ROOT / "docs"), str(tmp_path)]
    told = subprocess.run([sys.executable, "-m", "sphinx", *words], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    for page in ("index", "methods/dm", "notebooks/table", "tutorial-photos"):
        assert (tmp_path / f"{page}.html").exists()
    api = (tmp_path / "api.html").read_text(encoding="utf8")
    for name in set(condenset.__all__) - {"__version__"}:
        assert f'id="condenset.{name}"' in api
