"""The format .ts: what is read, and an error with its line for what is not of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.labelled_series.ts_file import read_ts
from tests.tasks.labelled_series.example import ts, waves

VALUES, LABELS = waves(6)


def written(folder: Path, text: str) -> Path:
    (folder / "own.ts").write_text(text)
    return folder / "own.ts"


def test_series_and_labels_are_read_back(tmp_path: Path) -> None:
    part, header = read_ts(written(tmp_path, ts(VALUES, LABELS)))
    np.testing.assert_allclose(np.stack(part.series), VALUES, atol=1e-6)
    assert part.labels.tolist() == LABELS.tolist()
    assert (header.classes, header.channels, header.equal, header.length) == (("slow", "fast"), 2, True, None)


def test_one_channel_any_case_of_keys_and_blanks(tmp_path: Path) -> None:
    text = "@PROBLEMNAME x\n@univariate TRUE\n@classlabel true a b c\n\n# comment\n@DATA\n1, 2 ,3:a\n\n4,5,6e-1 : b\n"
    part, header = read_ts(written(tmp_path, text))
    assert [one.tolist() for one in part.series] == [[[1, 2, 3]], [[4, 5, 0.6]]] and header.channels == 1
    assert part.labels.tolist() == ["a", "b"]


def test_lengths_may_differ_where_that_is_declared(tmp_path: Path) -> None:
    text = "@univariate true\n@equalLength false\n@classLabel true a b\n@data\n1,2,3:a\n4,5:b\n"
    part, header = read_ts(written(tmp_path, text))
    assert part.lengths == [3, 2] and not header.equal
    for undeclared in (text.replace("@equalLength false\n", ""), text.replace("false", "true")):
        with pytest.raises(DataError, match="3 steps, number 2 has 2: declare @equalLength false"):
            read_ts(written(tmp_path, undeclared))


HEAD = "@univariate true\n@classLabel true a b\n"
WRONG = [
    ("1,2:a\n", "line 1 of own.ts is '1,2:a': expected one of @problemname"),
    ("@colour red\n@data\n", "line 1 of own.ts is '@colour red'"),
    (HEAD + "@classLabel true a\n@data\n1:a\n", "line 3 of own.ts says @classlabel again"),
    (HEAD, "no line @data"),
    (HEAD + "@data\n", "holds no series"),
    (HEAD + "@timestamps true\n@data\n(0,1):a\n", "times beside its values"),
    (HEAD + "@timestamps perhaps\n@data\n1:a\n", "says @timestamps 'perhaps': expected true or false"),
    ("@univariate true\n@data\n1:a\n", "no @classLabel true"),
    ("@targetLabel true\n@data\n1:0.5\n", "no @classLabel true"),
    (HEAD + "@dimensions 2\n@data\n1:a\n", "@univariate true and 2 dimensions"),
    (HEAD + "@dimension many\n@data\n1:a\n", "says @dimension 'many': expected a number"),
    (HEAD + "@data\n1,2:c\n", "line 4 of own.ts has label 'c': @classLabel declares a, b"),
    (HEAD + "@data\n1,2\n", "has 0 channels and a label, 1 are declared"),
    ("@classLabel true a\n@data\na\n", "expected numbers, a colon and a label"),
    (HEAD + "@data\n1,2:3,4:a\n", "has 2 channels and a label, 1 are declared"),
    ("@classLabel true a\n@data\n1,2:3:a\n", r"channels of \[2, 1\] steps"),
    (HEAD + "@seriesLength 3\n@data\n1,2:a\n", "has 2 steps, @seriesLength declares 3"),
    (HEAD + "@data\n1,x:a\n", "line 4 of own.ts: could not convert string to float: 'x'"),
    (HEAD + "@missing true\n@data\n1,2:a\n1,?:b\n", "series 2 of own.ts has 1 of 2 values missing"),
    (HEAD + "@data\n1,nan:a\n", "series 1 of own.ts has 1 of 2 values missing"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_not_of_the_format_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_ts(written(tmp_path, text))


def test_other_bytes_and_no_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.ts").write_bytes(b"\xff\xfe@data")
    with pytest.raises(DataError, match="no text in UTF-8"):
        read_ts(tmp_path / "own.ts")
    with pytest.raises(DataError, match="no file"):
        read_ts(tmp_path / "other.ts")
