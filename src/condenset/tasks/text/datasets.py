"""The texts that are known by name, below CONDENSET_DATA: what they are, where a user finds them, and their SHA-256."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from condenset.core.errors import DataError
from condenset.core.untrusted_file import read_regular
from condenset.tasks.reading.known import below_data
from condenset.tasks.reading.table_file import joint_digest
from condenset.tasks.text.columns import Chosen
from condenset.tasks.text.reading import RawTexts, part_of, raw_texts

_CUSTOM = "as is the custom with these data"
_SST2 = "https://github.com/clairett/pytorch-sentiment-classification (data/SST2)"
_AG = "https://github.com/mhjabreel/CharCnn_Keras (data/ag_news_csv/test.csv)"


@dataclass(frozen=True)
class Known:
    """Where public texts lie below CONDENSET_DATA and how they read.

    Attributes:
        files: the texts to train on, and those to choose settings and to test on where the data define them, each with
            its SHA-256.
        origin: page from which a user downloads them.
        read: a file as a table of the columns text and label.
        test_fraction: share that is held out where nobody says another and the data define no test.
    """

    files: tuple[tuple[str, str], ...]
    origin: str
    read: Callable[[bytes], pd.DataFrame]
    test_fraction: float = 0.2


def _sst2(content: bytes) -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(content), sep="\t", header=None, names=["text", "label"], quoting=csv.QUOTE_NONE)
    return frame.assign(label=frame["label"].map({0: "negative", 1: "positive"}))


def _ag_news(content: bytes) -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(content), header=None, names=["label", "title", "text"], keep_default_na=False)
    topics = {1: "World", 2: "Sports", 3: "Business", 4: "Sci/Tech"}
    return frame.assign(text=frame["title"] + " " + frame["text"], label=frame["label"].map(topics))[["text", "label"]]


_KNOWN = {
    "sst2": Known(
        (
            ("text/sst2/train.tsv", "ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920"),
            ("text/sst2/dev.tsv", "eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359"),
            ("text/sst2/test.tsv", "831169c7e2e429d6026e1bdbb542f33b636e3e596caad9602ebc953c205928b7"),
        ),
        _SST2,
        _sst2,
    ),
    "ag-news-7600": Known(
        (("text/ag-news-7600/ag_news.csv", "521465c2428ed7f02f8d6db6ffdd4b5447c1c701962353eb2c40d548c3c85699"),),
        _AG,
        _ag_news,
        test_fraction=0.25,
    ),
}


def known() -> tuple[str, ...]:
    """Names of the known texts, sorted."""
    return tuple(sorted(_KNOWN))


def customary_share(name: str) -> float:
    """The share of known texts that is held out where nobody says another and they define no test."""
    return _KNOWN[name].test_fraction


def read_known(name: str) -> RawTexts:
    """Known texts. Raises `DataError` where CONDENSET_DATA is not set, or a file is not below it or is another one."""
    found = _KNOWN[name]
    contents = [_content(name, found, file, digest) for file, digest in found.files]
    chosen = Chosen(("text",), "label", _CUSTOM, _CUSTOM, ())
    frames = [found.read(content) for content in contents]
    raw = raw_texts(frames[0], chosen, name, joint_digest([found.files[0][1]]), name)
    raw = replace(raw, files=len(contents[0]))
    if len(frames) == 1:
        return raw
    validation, test = (part_of(frame, chosen, name) for frame in frames[1:])
    return replace(raw, validation=validation, test=test)


def _content(name: str, found: Known, file: str, digest: str) -> bytes:
    content = read_regular(below_data(name, file, found.origin))
    if (sha256 := hashlib.sha256(content).hexdigest()) != digest:
        raise DataError(
            f"{name}: {file} has SHA-256 {sha256}, that of the public original is {digest}: download it again from "
            f"{found.origin}, or open your own file by its path"
        )
    return content
