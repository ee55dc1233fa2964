"""Reads CSV so that no row, no field and no number is lost without a word, and writes it so that nothing runs."""

from __future__ import annotations

import csv
import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits, open_regular, read_regular

if TYPE_CHECKING:
    import pandas as pd

_DELIMITERS = ",;\t|"
_COMMA = re.compile(r"[-+]?\d+,\d+")
_FORMULA = re.compile(r"[=@\t\r\n]|[-+](?![\d.]+$)")  # but for numbers with a sign
_WHOLE = re.compile(r"[-+]?\d+")


def delimiter_of(line: str) -> str:
    """The one of , ; tab | that a line has most of."""
    return max(_DELIMITERS, key=line.count)


def first_line(content: bytes) -> str:
    """The first line of a file in UTF-8. Raises `ValueError` for other bytes."""
    return content.split(b"\n", 1)[0].decode("utf-8-sig")


def content_of(path: Path, kinds: str, expected: str) -> bytes:
    """All bytes of a file of a table. Raises `DataError` where it is absent or empty.

    Args: kinds, what it may be, "CSV or Parquet file"; expected, in it.
    """
    if not path.exists():
        raise DataError(f"no file {str(path)!r}: give the path of a {kinds}")
    content = read_regular(path)
    if not content.strip():
        raise DataError(f"{path.name} is empty: expected {expected}")
    return content


def first_lines(path: Path, most: int) -> bytes:
    """The whole lines in the first bytes of a file, all of it where it has no more. Args: most, bytes."""
    with open_regular(path) as file:
        head = file.read(most)
    return head if len(head) < most else head[: head.rfind(b"\n") + 1]


def read_csv(content: bytes, name: str, **how: Any) -> pd.DataFrame:
    """The table in the content of a file, by the delimiter that its first line has most of.

    Args: name, what messages call it; how, as pandas takes it.
    Raises `DataError` where pandas would drop or join what is there: for rows of more fields than there are columns, a
    quote that takes rows for text, NUL bytes; and for too many columns. Raises `ValueError` or `csv.Error` for what is
    no CSV in UTF-8.
    """
    import pandas as pd

    line = first_line(content)
    delimiter = delimiter_of(line)
    limits().check("columns", line.count(delimiter) + 1, name)
    if b"\0" in content:
        raise DataError(f"{name} holds NUL bytes: it is damaged, or no text in UTF-8; write it again in UTF-8")
    if b'"' in content:
        _expect_closed_quotes(content.decode("utf-8-sig"), delimiter, name)
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame = pd.read_csv(
                io.BytesIO(content),
                sep=delimiter,
                index_col=False,
                skipinitialspace=True,
                encoding="utf-8-sig",
                low_memory=False,  # which would give the parts of a column types of their own
                **how,
            )
        except pd.errors.ParserWarning as warning:
            raise DataError(
                f"{name} has rows of more fields than columns, the first has {line.count(delimiter) + 1}: quote what "
                "holds the delimiter, or name every column"
            ) from warning
    return frame


def check_numbers(frame: pd.DataFrame, name: str) -> None:
    """Raises `DataError` for a column whose numbers have a decimal comma, and warns of one that is numbers for the most
    part: both are text to pandas. Args: name, what messages call the table."""
    import pandas as pd

    for column in frame.select_dtypes(exclude=["number", "bool", "datetime"]):
        texts = frame[column].dropna().astype(str)
        levels = pd.Series(texts.unique())
        if levels.str.fullmatch(_COMMA).any() and (levels.str.fullmatch(_COMMA) | levels.str.fullmatch(_WHOLE)).all():
            raise DataError(
                f"column {column!r} of {name} has numbers with a comma, such as {texts.iloc[0]!r}: write them with a "
                "decimal point and no mark of thousands"
            )
        read = pd.to_numeric(texts, errors="coerce").notna()
        if len(texts) / 2 < read.sum() < len(texts):
            odd = texts[~read]
            warnings.warn(
                f"column {column!r} of {name} holds {int(read.sum())} numbers, and {odd.iloc[0]!r} in row "
                f"{int(odd.index[0]) + 1} is none, which makes it text: mend it, or leave it empty",
                stacklevel=2,
            )


def write_csv(frame: pd.DataFrame, out: Path) -> None:
    """A CSV file, in which a cell of text that a spreadsheet would compute begins with an apostrophe."""
    text = frame.select_dtypes(exclude=["number", "bool", "datetime"]).columns
    guarded = frame.assign(**{name: frame[name].astype(object).map(_guarded) for name in text})
    guarded.rename(columns=_guarded).to_csv(out, index=False)


def _guarded(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _expect_closed_quotes(text: str, delimiter: str, name: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    columns = 0
    for row in reader:
        columns = columns or len(row)
        for cell in row:
            inside = cell.split("\n")[1:-1]
            if columns > 1 and len(inside) > 1 and all(line.count(delimiter) == columns - 1 for line in inside):
                raise DataError(
                    f"{name}: a quote that ends in line {reader.line_num} takes {len(inside)} lines for text that look "
                    "like rows: remove it, or write a quote within a cell twice"
                )
