"""A pretrained encoder: what is no model, and that the extra is named where the library is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from condenset.core.errors import DataError, MissingExtraError
from condenset.tasks.text.sentence_encoder import SentenceEncoder
from tests.tasks.text import example

MISSING = importlib.util.find_spec("sentence_transformers") is None


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"modules\.json"):
        example.task(encoder=tmp_path)


@pytest.mark.skipif(not MISSING, reason="sentence-transformers is installed")
def test_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(MissingExtraError, match=r"condenset\[text\]"):
        SentenceEncoder.of(tmp_path)


@pytest.mark.skipif(MISSING, reason="sentence-transformers is not installed")
def test_a_broken_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "none", "type": "none.None"}]')
    with pytest.raises((DataError, ImportError, AttributeError)):
        SentenceEncoder.of(tmp_path)


def test_its_record_changes_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    first = SentenceEncoder(tmp_path, None).record()
    (tmp_path / "weights.bin").write_bytes(b"123")
    second = SentenceEncoder(tmp_path, None).record()
    assert first["sha256"] != second["sha256"] and second["bytes"] == first["bytes"] + 3
