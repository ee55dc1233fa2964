"""Text that others wrote, as a terminal and a page can bear it: no character moves a cursor or hides another."""

from __future__ import annotations

import re

_LONGEST = 500  # characters of a message
_BEGIN = 330  # of those, what stands before the part that is left out
_GAP = " … "
_MARKS = re.compile(r"([\\`*_\[\]<>&|~#])")  # that Markdown and HTML read within a line


def escaped(text: str) -> str:
    """With an escape for every character that is not printable, but for line breaks."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in text)


def one_line(text: str) -> str:
    """A message as one line of at most 500 characters, whose beginning and end are kept: what is wrong, what to do."""
    line = escaped(" ".join(text.split()))
    return line if len(line) <= _LONGEST else line[:_BEGIN] + _GAP + line[_BEGIN + len(_GAP) - _LONGEST :]


def in_markdown(text: str) -> str:
    """Within a line of Markdown, as the text that it is: no link, no tag, no heading."""
    return _MARKS.sub(r"\\\1", escaped(" ".join(text.split())))
