"""A pretrained encoder: what is no model, and that the extra is named where the library is missing."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import condenset
from condenset.core.budget import Size
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


@pytest.mark.skipif(MISSING, reason="sentence-transformers is not installed")
def test_vectors_are_those_of_the_model_and_a_set_opens_without_it(tmp_path: Path) -> None:
    folder = _model(
        tmp_path / "by-mood", {mood: index for index, (_, words) in enumerate(example.MOODS.items()) for mood in words}
    )
    encoder = SentenceEncoder.of(folder)
    np.testing.assert_allclose(
        encoder.vectors(["warm funny", "dull", "warm dull"]), [[1, 0], [0, 1], [0.5**0.5] * 2], atol=1e-6
    )
    task = example.task(encoder=folder)
    made = condenset.distill(task, "k-means", size=Size(per_class=1), out=tmp_path / "set")
    assert condenset.evaluate(made, baselines=(), networks=("logistic",)).rows[0].mean == 1.0  # the mood is the vector
    for file in folder.iterdir():
        file.unlink()
    assert len(condenset.load(tmp_path / "set").to_pandas()) == 2


@pytest.mark.skipif(MISSING, reason="sentence-transformers is not installed")
def test_texts_are_read_once_by_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, texts = _model(tmp_path / "model", {"warm": 0, "dull": 1}), [f"{'warm' * (n % 2)} {n}" for n in range(100)]
    vectors, again = SentenceEncoder.of(folder).vectors(texts), SentenceEncoder.of(folder)
    monkeypatch.setattr(again.model, "encode", None)
    np.testing.assert_array_equal(again.vectors(texts), vectors)


def _model(folder: Path, axes: dict[str, int]) -> Path:
    """A sentence's vector is the mean over its words of an axis each, as the library saves such a model."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    width, vocabulary = max(axes.values()) + 1, {"[UNK]": 0} | {word: index for index, word in enumerate(axes, 1)}
    weights = torch.zeros(len(vocabulary), width)
    for word, axis in axes.items():
        weights[vocabulary[word], axis] = 1
    folder.mkdir()
    words = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    words.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": weights}, folder / "model.safetensors")
    module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}
    (folder / "modules.json").write_text(json.dumps([module]))
    return folder


def test_its_record_changes_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    first = SentenceEncoder(tmp_path, None).record()
    (tmp_path / "weights.bin").write_bytes(b"123")
    second = SentenceEncoder(tmp_path, None).record()
    assert first["sha256"] != second["sha256"] and second["bytes"] == first["bytes"] + 3
