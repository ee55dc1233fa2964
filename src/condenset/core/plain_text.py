"""Text that others wrote, as a terminal and a page can bear it: no character moves a cursor or hides another."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 500  # characters of a message
_BEGIN = 330  # of those, what stands before the part that is left out
_GAP = " … "
_BREAKS = re.compile(r"[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")  # of lines and words; other spaces belong to the text
_MARKS = re.compile(r"([\\`*_\[\]<>&|~#])")  # that Markdown and HTML read within a line


def escaped(text: str) -> str:
    """With an escape for every character that is not printable, but for line breaks and spaces of any width."""
    return text if text.isprintable() else "".join(map(_shown, text))


def one_line(text: str) -> str:
    """A message as one line of at most 500 characters, whose beginning and end are kept: what is wrong, what to do."""
    line = escaped(_in_a_line(text))
    return line if len(line) <= _LONGEST else line[:_BEGIN] + _GAP + line[_BEGIN + len(_GAP) - _LONGEST :]


def in_markdown(text: str) -> str:
    """Within a line of Markdown, as the text that it is: no link, no tag, no heading."""
    return _MARKS.sub(r"\\\1", escaped(_in_a_line(text)))


def _in_a_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def _shown(character: str) -> str:
    if character.isprintable() or character == "\n" or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode("ascii")
