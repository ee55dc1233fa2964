"""The page in a real browser: it loads nothing, sorts, fits a phone, and runs no text of a run as a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from condenset.report.page import write_page
from tests.report.conftest import evaluation, write_run

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: install it to test the page")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Tab:
    """An open page with what it requested and what it complained about."""

    page: sync_api.Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of one run, one that compares two, and one of a run that three learners graded."""
    folder = tmp_path_factory.mktemp("pages")
    runs = [write_run(folder / "first"), write_run(folder / "second", without=("start.png",))]
    Figure(figsize=(6.4, 6.4), dpi=100).savefig(runs[0] / "preview.png")
    rows = [
        line | {"network": name} for line in evaluation()["rows"] for name in ("convnet:width=32", "mlp", "logistic")
    ]
    three = write_run(folder / "three", evaluations=[evaluation() | {"rows": rows}])
    return {
        "one": write_page(runs[:1], folder / "one.html"),
        "two": write_page(runs, folder / "two.html"),
        "three learners": write_page([three], folder / "three.html"),
    }


@pytest.fixture
def tab(browser: sync_api.Browser, pages: dict[str, Path]) -> Iterator[Tab]:
    yield from opened(browser, pages["two"])


@pytest.fixture
def single(browser: sync_api.Browser, pages: dict[str, Path]) -> Iterator[Tab]:
    yield from opened(browser, pages["one"])


@pytest.fixture
def learners(browser: sync_api.Browser, pages: dict[str, Path]) -> Iterator[Tab]:
    yield from opened(browser, pages["three learners"])


def opened(browser: sync_api.Browser, written: Path) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab = Tab(context.new_page())
    tab.page.on("request", lambda request: tab.requests.append(request.url))
    tab.page.on("console", lambda said: tab.complaints.append(said.text) if said.type in ("error", "warning") else None)
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.goto(written.as_uri())
    yield tab
    context.close()


def names(tab: Tab) -> list[str]:
    """What the rows of the first table are called, from top to bottom."""
    found: list[str] = tab.page.locator("table[data-sortable]").first.locator("tbody th").all_inner_texts()
    return [text.splitlines()[0].strip() for text in found]


def test_it_loads_nothing_and_complains_of_nothing(tab: Tab) -> None:
    assert tab.complaints == []
    assert {url.partition(":")[0] for url in tab.requests} <= {"file", "data"}
    assert len([url for url in tab.requests if url.startswith("file:")]) == 1


def test_every_picture_is_drawn_and_described(tab: Tab) -> None:
    pictures = tab.page.locator("img").evaluate_all("all => all.map(i => [i.naturalWidth, i.alt, i.closest('figure')])")
    assert len(pictures) == 3
    assert all(width == 640 and len(alt) > 20 and figure is not None for width, alt, figure in pictures)


def test_the_curve_is_drawn_in_the_colours_of_the_page(tab: Tab) -> None:
    path = tab.page.locator("svg.curves path[style*='--c1']").first
    assert path.evaluate("line => getComputedStyle(line).stroke") == "rgb(33, 83, 192)"
    assert path.bounding_box()["width"] > 200


def test_a_click_on_a_header_sorts(single: Tab) -> None:
    ranked = ["full data", "distilled", "k-means", "random", "herding"]
    assert names(single) == ranked
    head = single.page.locator("th", has_text="Accuracy")
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").click()
    assert names(single) == ranked[::-1]
    assert head.get_attribute("aria-sort") == "ascending"


def test_enter_on_a_header_sorts(single: Tab) -> None:
    button = single.page.get_by_role("button", name="Trained on")
    button.focus()
    single.page.keyboard.press("Enter")
    assert names(single) == ["distilled", "full data", "herding", "k-means", "random"]
    orders = single.page.locator("thead th[aria-sort]").evaluate_all("all => all.map(h => h.ariaSort)")
    assert orders == ["ascending"] + ["none"] * (len(orders) - 1)


def test_bytes_sort_as_numbers(single: Tab) -> None:
    single.page.get_by_role("button", name="Bytes").click()
    assert names(single)[0] == "full data"
    single.page.get_by_role("button", name="Bytes").click()
    assert names(single)[-1] == "full data"


@pytest.mark.parametrize("width", [320, 390, 800])
def test_no_width_needs_sideways_scrolling(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 740})
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.page.locator(".scroll").first.evaluate("box => box.clientWidth <= innerWidth")


def test_tables_are_read_without_scrolling_on_a_screen_and_scroll_by_themselves_on_a_phone(learners: Tab) -> None:
    region = learners.page.locator(".scroll").first
    assert region.evaluate("box => box.scrollWidth <= box.clientWidth")
    learners.page.set_viewport_size({"width": 390, "height": 740})
    assert region.evaluate("box => box.scrollWidth > box.clientWidth")
    region.focus()
    assert region.evaluate("box => { box.scrollLeft = 1e6; return box.scrollLeft > 100; }")
    name, last = (
        region.locator("tbody tr")
        .first.locator("th, td")
        .evaluate_all(
            "all => [all[0], all.at(-1)].map(cell => cell.getBoundingClientRect()).map(box => [box.left, box.right])"
        )
    )
    assert name[0] >= 0 and last[1] <= 390, "the name stays, and the last column can be reached"


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_picture_is_enlarged_and_put_away_again(single: Tab, how: str) -> None:
    button, dialog = single.page.locator(".enlarge").first, single.page.locator("dialog")
    small = button.locator("img").bounding_box()["width"]
    button.focus()
    button.click() if how == "mouse" else single.page.keyboard.press("Enter")
    assert dialog.get_attribute("open") == ""
    picture = dialog.locator("img")
    assert picture.bounding_box()["width"] >= 1.5 * small and picture.get_attribute("alt")
    assert picture.bounding_box()["width"] % picture.evaluate("i => i.naturalWidth") == 0, "pixels stay squares"
    assert picture.evaluate("i => getComputedStyle(i).imageRendering") == "pixelated"
    dialog.get_by_role("button", name="Close").click() if how == "mouse" else single.page.keyboard.press("Escape")
    assert dialog.get_attribute("open") is None and single.complaints == []
    assert single.page.evaluate("document.activeElement.className") == "enlarge"


def test_a_drawing_on_paper_is_dark_on_a_dark_page_and_images_stay_what_they_are(single: Tab) -> None:
    filters = "all => all.map(i => [i.className, getComputedStyle(i).filter])"
    assert single.page.locator("img").evaluate_all(filters) == [["", "none"], ["paper", "none"]]
    single.page.emulate_media(color_scheme="dark")
    found = single.page.locator("img").evaluate_all(filters)
    assert found == [["", "none"], ["paper", "invert(1) hue-rotate(180deg)"]]


def test_the_chart_is_drawn_and_named(tab: Tab) -> None:
    chart = tab.page.get_by_role("img", name="Accuracy, %, against bytes")
    assert chart.count() == 1 and chart.bounding_box()["width"] > 400
    tab.page.set_viewport_size({"width": 390, "height": 740})
    letters = chart.locator("text").evaluate_all("all => all.map(t => t.getBoundingClientRect().height)")
    assert len(letters) > 5 and min(letters) >= 9


def test_structure_for_assistive_technology(tab: Tab) -> None:
    page = tab.page
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == page.get_by_role("main").count() == 1
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    assert page.locator("table").evaluate_all("all => all.every(t => t.caption)")
    assert page.locator("th:not([scope])").count() == 0
    ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))
    named = page.locator("[aria-labelledby]").evaluate_all("all => all.map(e => e.getAttribute('aria-labelledby'))")
    assert set(" ".join(named).split()) <= set(ids)


def test_the_first_tab_reaches_the_skip_link(single: Tab) -> None:
    single.page.keyboard.press("Tab")
    link = single.page.locator(":focus")
    assert link.inner_text() == "Skip to the content" and link.bounding_box()["x"] >= 0
    single.page.keyboard.press("Enter")
    assert single.page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_is_at_least_aa(tab: Tab, scheme: str) -> None:
    tab.page.emulate_media(color_scheme=scheme)
    weak = tab.page.evaluate(CONTRAST)
    assert weak == []


def test_hostile_names_stay_text(tab: Tab) -> None:
    assert tab.page.title() != "hacked"
    assert tab.page.locator("script").count() == 1
    assert "<script>" in tab.page.locator("img").first.get_attribute("alt")
    assert tab.page.locator("pre b").count() == 0


CONTRAST = """() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = colour => colour.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return [...document.body.querySelectorAll("*")].filter(e => own(e) && e.checkVisibility()).map(e => {
    const style = getComputedStyle(e), svg = e.namespaceURI.endsWith("svg");
    const pair = [light(parts(svg ? style.fill : style.color)), light(ground(e))].sort((a, b) => b - a);
    return [e.tagName, e.textContent.trim().slice(0, 30), (pair[0] + 0.05) / (pair[1] + 0.05)];
  }).filter(found => found[2] < 4.5);
}"""
