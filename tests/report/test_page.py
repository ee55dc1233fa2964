"""The page as text: what it holds, for one run and for several, and that nothing in it can execute or load."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from condenset.artifact.card import read_card, write_card
from condenset.core.errors import ArtifactError, RequestError
from condenset.report.page import write_page
from tests.report.conftest import HOSTILE, card, evaluation, older_card, row, write_run


class Outline(HTMLParser):
    """Tags with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def written(tmp_path: Path, *folders: Path) -> str:
    return (
        write_page(folders, tmp_path / "page.html").read_text(encoding="utf8").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )


def test_one_run_has_every_section(tmp_path: Path) -> None:
    page = Outline(written(tmp_path, write_run(tmp_path / "run")))
    for expected in (
        "100 synthetic images stand in for 60 000: 82.9 % accuracy, taught to convnet.",
        "Worth it: 2.7 points of accuracy ahead of k-means, its best rival",
        "+2.7 points",
        "600× smaller",
        "313 600 bytes",
        "300 steps",
        "dsa2021, version 1",
        "0123456789abcdef",
        "the last epoch",
        "Dataset Condensation with Distribution Matching",
        'method = "dm"  # <b>not bold</b>',
        '"objective.per_group" = 128',
        "ab" * 32,
        "torch 2.6.0",
        "per class 10",
    ):
        assert expected in page.text, expected
    assert "Comparison" not in page.text
    links = [a["href"] for a in page.named("a")]
    assert links == ["#content", "https://arxiv.org/abs/2110.04181"]


def test_a_card_of_the_first_schema_makes_the_same_page(tmp_path: Path) -> None:
    present = written(tmp_path, write_run(tmp_path / "run"))
    (tmp_path / "run" / "card.json").write_text(json.dumps(older_card()), encoding="utf8")
    assert written(tmp_path, tmp_path / "run") == present


def test_the_headline_compares_what_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("condenset.report.records.refuse_altered", lambda folder, card: None)  # of a size alone
    task = card()["task"] | {"footprint": {"files": 200_000, "example": 4}}
    folder = write_run(tmp_path / "run", task=task)
    bare = len(write_card(replace(read_card(folder), evaluations=())))
    (folder / "data.safetensors").write_bytes(bytes(314_800 - bare))
    page = Outline(written(tmp_path, folder)).text
    for expected in ("1.57× larger", "315 kB for 200 kB on disk; 314 kB for 189 MB of tensors", "314 800 bytes"):
        assert expected in page, expected
    assert "200 000 bytes" in page and "Compression on disk" in page and "600×" in page


@pytest.mark.parametrize("files", [-5, 0, 10**400])
def test_impossible_files_are_refused(tmp_path: Path, files: int) -> None:
    task = card()["task"] | {"footprint": {"files": files, "example": None}}
    with pytest.raises(ArtifactError, match="no number of bytes"):
        write_page([write_run(tmp_path / "run", task=task)], tmp_path / "page.html")


def test_pictures_are_in_the_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    start, learnt = Outline(written(tmp_path, folder)).named("img")
    for picture, name in ((start, "start.png"), (learnt, "preview.png")):
        head, _, data = (picture["src"] or "").partition(",")
        assert head == "data:image/png;base64" and base64.b64decode(data) == (folder / name).read_bytes()
        assert picture["width"] == picture["height"] == "640"


def test_a_drawing_on_paper_is_marked_for_dark_pages(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    Figure().savefig(folder / "preview.png")
    assert [picture.get("class") for picture in Outline(written(tmp_path, folder)).named("img")] == [None, "paper"]


def test_a_missing_start_leaves_one_picture(tmp_path: Path) -> None:
    assert len(Outline(written(tmp_path, write_run(tmp_path / "run", without=("start.png",)))).named("img")) == 1


def test_a_start_without_steps_shows_what_it_is_once(tmp_path: Path) -> None:
    page = Outline(written(tmp_path, write_run(tmp_path / "run", without=("log.jsonl",))))
    assert len(page.named("img")) == 1 and "Nothing was optimised" in page.text


def test_several_runs_are_compared_best_first(tmp_path: Path) -> None:
    better = evaluation()
    better["rows"][0] = row("distilled", [0.9, 0.91], 314400, 10.0)
    folders = [write_run(tmp_path / "one"), write_run(tmp_path / "two", evaluations=[better])]
    text = written(tmp_path, *folders)
    table = text[text.index('id="comparison"') : text.index("<article")]
    rows = re.findall(r"<tr[^>]*>.*?</tr>", table[table.index("<tbody>") :], flags=re.DOTALL)
    names = [re.sub(r"<small>.*?</small>|<[^>]+>|\s", "", row[: row.index("</th>")]) for row in rows]
    assert names == ["fulldata", "two", "one", "k-means", "random", "herding"], "baselines stand once"
    assert ['aria-label="best"' in row for row in rows] == [False, True, False, False, False, False]
    assert table.count('<svg viewBox="0 0 417') == 1 and "Accuracy, %, against bytes" in table
    assert [a["href"] for a in Outline(table).named("a")] == ["#run-2", "#run-1"]
    assert {"run-1", "run-2"} <= {tag.get("id") for tag in Outline(text).named("article")}


def test_runs_under_different_exams_have_tables_of_their_own(tmp_path: Path) -> None:
    other = evaluation() | {"exam": "fair", "exam_hash": "feedbeef"}
    text = written(tmp_path, write_run(tmp_path / "one"), write_run(tmp_path / "two", evaluations=[other]))
    comparison = text[text.index('id="comparison"') : text.index("<article")]
    assert "Only scores of the same data under the same exam can be compared" in comparison
    titles = re.findall(r"<h3>(.*?)</h3>", comparison)
    assert titles == ["fashion-mnist, exam dsa2021", "fashion-mnist, exam fair"]
    assert comparison.count("<table data-sortable") == 2


def test_heads_of_tables_say_what_they_head(tmp_path: Path) -> None:
    page = Outline(written(tmp_path, write_run(tmp_path / "run")))
    scopes = [head.get("scope") for head in page.named("th")]
    assert set(scopes) == {"col", "row"} and scopes.count("row") >= 5
    assert {head["aria-sort"] for head in page.named("th") if "aria-sort" in head} == {"none", "descending"}


def test_further_metrics_are_folded(tmp_path: Path) -> None:
    graded = evaluation()
    graded["metrics"] += [{"name": "auroc", "higher_is_better": True, "unit": "fraction"}]
    for line in graded["rows"]:
        line["metrics"]["auroc"] = {"mean": 0.987, "std": 0.0, "ci95": [0.98, 0.99], "scores": [0.987] * 5}
    text = written(tmp_path, write_run(tmp_path / "run", evaluations=[graded]))
    folded = text[text.index("<details>") : text.index("</details>")]
    assert "<summary>AUROC</summary>" in folded and folded.count("98.7 %") >= 5
    assert "98.7 %" not in text[: text.index("<details>")]


def test_a_run_without_evaluation_says_how_to_get_one(tmp_path: Path) -> None:
    assert "condenset evaluate run" in written(tmp_path, write_run(tmp_path / "run", evaluations=[]))


def test_hostile_text_is_shown_and_never_markup(tmp_path: Path) -> None:
    rows = [row(HOSTILE, [0.5, 0.6], 1, 1.0, network='"><img src=x onerror=alert(1)>'), *evaluation()["rows"]]
    task = card()["task"] | {"name": "</title></script><script>alert(1)</script>"}
    text = written(
        tmp_path,
        write_run(
            tmp_path / "run", task=task, versions={HOSTILE: HOSTILE}, evaluations=[evaluation() | {"rows": rows}]
        ),
    )
    page = Outline(text)
    assert len(page.named("script")) == 1 and len(page.named("img")) == 2
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert HOSTILE in page.text


def test_hostile_methods_and_baselines_are_text_in_a_comparison(tmp_path: Path) -> None:
    rows = [row(HOSTILE, [0.5, 0.6], 1, 1.0), *evaluation()["rows"]]
    changes = {"recipe": {"method": HOSTILE}, "evaluations": [evaluation() | {"rows": rows}]}
    page = Outline(written(tmp_path, *(write_run(tmp_path / name, **changes) for name in ("one", "two"))))
    assert len(page.named("script")) == 1
    assert page.text.count(HOSTILE) > 6


def test_a_picture_is_enlarged_by_a_button(tmp_path: Path) -> None:
    page = Outline(written(tmp_path, write_run(tmp_path / "run")))
    tags = [tag for tag, _ in page.tags]
    pictures = [number for number, tag in enumerate(tags) if tag == "img"]
    assert all(page.tags[number - 1][1].get("class") == "enlarge" for number in pictures) and len(pictures) == 2
    assert page.named("dialog")[0]["aria-label"] == "Enlarged picture"


def test_only_the_page_s_own_script_may_run_and_nothing_may_load(tmp_path: Path) -> None:
    text = write_page([write_run(tmp_path / "run")], tmp_path / "page.html").read_text(encoding="utf8")
    policy = next(m["content"] for m in Outline(text).named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    script = text[text.rindex("<script>") + 8 : text.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert not re.search(r'(?:src|href)="(?!data:|#|https://arxiv\.org/abs/)', text)
    assert not re.search(r"@import|url\((?!#)", text)


def test_the_same_folders_give_the_same_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    assert written(tmp_path, folder) == written(tmp_path, folder)


def test_what_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="at least one run folder"):
        write_page([], tmp_path / "page.html")
    with pytest.raises(ArtifactError, match="nowhere"):
        write_page([write_run(tmp_path / "run"), tmp_path / "nowhere"], tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
