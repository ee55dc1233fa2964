"""Drawings become a part of the page: its colours, their own ids, and no text that could be markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from matplotlib.axes import Axes

from condenset.report.drawing import COLOURS, INK, colour, drawing
from tests.report.conftest import HOSTILE


def plain(axes: Axes) -> None:
    axes.plot([0, 1], color=colour(0))
    axes.plot([1, 0], color=colour(COLOURS + 1), marker="o")
    axes.axhline(0.5, color=INK)


def test_colours_are_the_page_s_and_come_again() -> None:
    drawn = drawing("plain", "one", "A title", "what is drawn", plain)
    assert set(re.findall(r"var\(--(\w+)\)", drawn)) == {"c1", "c2", "ink", "muted", "line"}
    assert colour(COLOURS) == colour(0) != colour(1)


def test_it_is_an_image_with_a_title_and_a_description() -> None:
    root = ElementTree.fromstring(drawing("plain", "one", "A title", HOSTILE, plain).replace("xlink:href", "href"))
    assert (root.get("class"), root.get("role")) == ("plain", "img")
    assert root.get("aria-labelledby") == "one-title one-desc"
    title, description = list(root)[:2]
    assert (title.text, description.text) == ("A title", HOSTILE)
    assert not [node for node in root.iter() if node.tag.endswith(("script", "style", "metadata"))]


def test_ids_are_of_the_drawing_s_own() -> None:
    ids = [set(re.findall(r' id="([^"]+)"', drawing("plain", key, "t", "d", plain))) for key in ("one", "two")]
    assert ids[0] and not ids[0] & ids[1]
