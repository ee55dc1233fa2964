"""The generated pages, and that the written ones name only what exists."""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from condenset.core.errors import DataError, RequestError
from condenset.core.metric import ACCURACY
from condenset.core.registries import METHODS
from condenset.evaluation.exam import exam_names, named_exam
from condenset.evaluation.rows import Row
from condenset.report.docs import main, pages
from condenset.report.results import Result
from tests.conftest import ROOT

SETTING = "| dm | digits | 1 per class | convnet | dsa2021 | 50.0 |"
ROW = f"{SETTING} 48.0 ± 0.8 | 40.0 | random 40.0 | 3 | reduced | partial |"


def recorded(own: tuple[float, ...] = (0.47, 0.48, 0.49), full: float | None = None, **changes: Any) -> str:
    """The file of a result beside random examples, and all of them where their score is given."""
    scores = {"distilled": own, "random": (0.4,) * len(own)} | ({} if full is None else {"full": (full,)})
    setting = {"dataset": "digits", "budget": "1 per class", "network": "convnet", "exam": "dsa2021", "reported": 0.5}
    setting |= {"method": "dm", "schedule": "reduced", "seconds": 9.0} | changes
    rows = [Row(name, str(setting["network"]), values, 9, 1.0) for name, values in scores.items()]
    return json.dumps(Result.of_rows(rows, ACCURACY, **setting).record())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one recorded result."""
    (tmp_path / "bench/results").mkdir(parents=True)
    (tmp_path / "bench/results/dm.json").write_text(recorded())
    (tmp_path / "README.md").write_text("above\n<!-- results -->\nold\n<!-- /results -->\nbelow\n")
    return tmp_path


def test_every_method_and_exam_has_its_place(root: Path) -> None:
    main(["--root", str(root)])
    index = (root / "docs/methods/index.md").read_text()
    for name in METHODS.names():
        assert f"[{name}]({name}.md)" in index
        assert METHODS.get(name).title in (root / f"docs/methods/{name}.md").read_text()
    exams = (root / "docs/exams.md").read_text()
    assert all(f"## {name}\n" in exams and named_exam(name).hash in exams for name in exam_names())


def test_a_result_reaches_the_readme_and_the_method(root: Path) -> None:
    main(["--root", str(root)])
    readme = (root / "README.md").read_text()
    assert ROW in readme and "old" not in readme and "1 partial" in readme
    assert readme.startswith("above\n<!-- results -->\n") and readme.endswith("<!-- /results -->\nbelow\n")
    assert ROW in (root / "docs/methods/dm.md").read_text()
    assert "None yet." in (root / "docs/methods/dc.md").read_text()


def test_one_repeat_shows_no_deviation(root: Path) -> None:
    (root / "bench/results/dm.json").write_text(recorded((0.48,)))
    main(["--root", str(root)])
    page = (root / "docs/results.md").read_text()
    assert f"{SETTING} 48.0 | 40.0 | random 40.0 | 1 | reduced | none |" in page


def test_networks_stand_side_by_side_where_there_are_several(root: Path) -> None:
    for network in ("mlp", "vgg"):
        further = recorded((0.43, 0.44, 0.45), 0.97, network=network, reported=None)
        (root / f"bench/results/{network}.json").write_text(further)
    main(["--root", str(root)])
    page = (root / "docs/results.md").read_text()
    assert "| method | convnet | mlp | vgg |" in page
    assert "| dm | 48.0 ± 0.8 | 44.0 ± 0.8 | 44.0 ± 0.8 |" in page
    assert "| random | 40.0 | 40.0 | 40.0 |" in page
    assert page.count(ROW) == 1
    assert "Trained on all examples: 97.0 (mlp, dsa2021), 97.0 (vgg, dsa2021)." in page


def test_a_second_run_changes_nothing_and_check_agrees(root: Path) -> None:
    with pytest.raises(SystemExit, match=r"out of date: .*README\.md"):
        main(["--root", str(root), "--check"])
    main(["--root", str(root)])
    before = {path: path.read_text() for path in root.rglob("*.md")}
    main(["--root", str(root), "--check"])
    main(["--root", str(root)])
    assert {path: path.read_text() for path in root.rglob("*.md")} == before


def test_the_page_of_a_method_that_is_gone_goes(root: Path) -> None:
    main(["--root", str(root)])
    gone = root / "docs/methods/gone.md"
    gone.write_text("old")
    with pytest.raises(SystemExit, match=r"gone\.md"):
        main(["--root", str(root), "--check"])
    main(["--root", str(root)])
    assert not gone.exists()


def test_what_cannot_be_used_is_named(root: Path) -> None:
    (root / "README.md").write_text("no markers")
    with pytest.raises(RequestError, match=r"README\.md has no <!-- results -->"):
        pages(root)
    (root / "bench/results/dm.json").write_text('{"method": "dm"}')
    with pytest.raises(DataError, match=r"dm\.json is no recorded result"):
        pages(root)


WRITTEN = sorted((ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    """The generated pages of this checkout."""
    return pages(ROOT)


def test_there_are_written_pages() -> None:
    names = {path.name for path in WRITTEN}
    assert {"index.md", "tutorial-photos.md", "tutorial-table.md", "add-a-method.md", "add-a-modality.md"} <= names


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_links_of_a_page_lead_somewhere(path: Path, generated: dict[Path, str]) -> None:
    known = {*generated, *WRITTEN, *(ROOT / "docs").rglob("*.ipynb")}
    known |= {ROOT / "docs" / ".." / file.relative_to(ROOT) for file in (ROOT / "src").rglob("*.py")}
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf8"))
    missing = [link for link in links if path.parent / link not in known]
    assert missing == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_python_on_a_page_is_valid_and_imports_what_exists(path: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf8"), flags=re.DOTALL):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("condenset"):
                module = importlib.import_module(node.module or "")
                assert all(hasattr(module, alias.name) for alias in node.names), ast.unparse(node)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_methods_that_a_page_names_exist(path: Path) -> None:
    named = set(re.findall(r"--method ([\w-]+)", path.read_text(encoding="utf8")))
    assert named <= set(METHODS.names())


def test_the_pages_of_this_checkout_are_those_that_its_source_and_results_make() -> None:
    main(["--root", str(ROOT), "--check"])
