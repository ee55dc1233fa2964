"""Words of others on terminals and pages."""

from __future__ import annotations

import pytest

from condenset.core.plain_text import escaped, in_markdown, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, Köln, 猫 …", "plain, Köln, 猫 …"),
        ("5.6\u202fpoints\u00a0ahead", "5.6\u202fpoints\u00a0ahead"),
        ("a\x1b[2J\x07b", r"a\x1b[2J\x07b"),
        ("two\nlines\r", "two\nlines\\r"),
        ("left\u202eto right\x85\ud800", r"left\u202eto right\x85\ud800"),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown
    assert not set(escaped(text)) & set("\x1b\x07\r\x85\u202e")


def test_a_message_is_one_line_that_keeps_its_ends() -> None:
    assert one_line("Weights only\n\t load\x1b[1m failed.\n") == r"Weights only load\x1b[1m failed."
    assert one_line("5.6\u202fpoints\u2028ahead ") == "5.6\u202fpoints ahead"
    long = one_line(f"card.json is wrong: {'x' * 10_000}: fetch it again")
    assert len(long) == 500 and long.startswith("card.json is wrong: x") and long.endswith("x: fetch it again")


def test_markdown_shows_the_text_itself() -> None:
    name = "<img src=x onerror=y> [a](javascript:b)\n# c `d` *e*"
    assert in_markdown(name) == r"\<img src=x onerror=y\> \[a\](javascript:b) \# c \`d\` \*e\*"
