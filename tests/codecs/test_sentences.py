"""Sentences: stored as people read them, at the price of the longest, and opened without their data."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import condenset
from condenset.codecs.sentences import Sentences
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.tasks.image import open_images
from tests.tasks.text import example


def some() -> Texts:
    found: Texts = example.task().train.draw(5, Rng(0)).inputs
    return found


def test_it_stores_the_text_and_every_one_costs_what_was_said() -> None:
    task = example.task()
    codec = Sentences.encode(some(), task)
    (stored,) = codec.state_dict().values()
    assert stored.nbytes == 5 * Sentences.item_bytes(task.input_spec)
    assert bytes(stored[0].tolist()).rstrip(b"\0").decode() in example.reviews()[0]
    assert codec.parameter_groups() == {}


def test_a_saved_set_is_read_without_its_data(tmp_path: Path) -> None:
    made = condenset.distill(example.task(), "random", size=Size(per_class=2))
    again = condenset.load(made.save(tmp_path / "set"))
    for one, other in zip(*(torch.utils._pytree.tree_leaves(s.decode().inputs) for s in (made, again)), strict=True):
        assert torch.equal(one, other)
    assert again.to_pandas()["text"].tolist() == made.decode().inputs.strings()


def test_vectors_without_a_text_and_other_data_are_refused() -> None:
    alone = Texts.of_vectors(some().vector, some().shape)
    with pytest.raises(RequestError, match="finish=nearest"):
        Sentences.encode(alone, example.task())
    with pytest.raises(RequestError, match="codec raw"):
        Sentences.encode(torch.zeros(2, 3), open_images("digits"))


@pytest.mark.parametrize("spoilt", ["text", "vector", "words"])
def test_what_was_altered_is_refused(spoilt: str) -> None:
    codec = Sentences.encode(some(), example.task())
    fields, tensors = codec.fields(), {"text": codec.text}
    if spoilt == "text":
        tensors = {"text": codec.text.int()}
    else:
        fields |= {spoilt: {"vector": "AADAfw==" * 5, "words": "/////w=="}[spoilt]}
    with pytest.raises((ArtifactError, ValueError)):
        Sentences.restore(fields, tensors)
