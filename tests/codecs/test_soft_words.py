"""Soft words: they begin as the texts, are read as means of words, and files that do not fit are refused."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.soft_words import SoftWords
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.nets.textcnn import WordEmbedding
from condenset.tasks.image import open_images
from tests.tasks.text import example

TASK = example.task()


def some() -> Texts:
    found: Texts = TASK.train.draw(3, Rng(0)).inputs
    return found


def test_networks_read_at_first_what_they_read_of_the_texts() -> None:
    codec, network = SoftWords.encode(some(), TASK), TASK.network("textcnn:width=4", Rng(0))
    torch.testing.assert_close(network(codec()).logits, network(some()).logits)
    assert torch.equal(codec(torch.tensor([1])).vector, some().vector[1:2])


def test_a_mixture_of_words_is_read_as_the_mean_of_their_vectors() -> None:
    codec, network = SoftWords.encode(some(), TASK), TASK.network("textcnn:width=4", Rng(0))
    with torch.no_grad():
        codec.data[0, 0] = 0
        codec.data[0, 0, [4, 7]] = torch.tensor([0.25, 0.75])
    table = network.parameters["embedding.weight"]
    reads = WordEmbedding(*table.shape)
    reads.load_state_dict({"weight": table})
    torch.testing.assert_close(reads(codec().words)[0, 0], 0.25 * table[4] + 0.75 * table[7])


def test_it_says_by_how_much_the_weights_miss_the_text() -> None:
    codec = SoftWords.encode(some(), TASK)
    assert not codec.missed().any()
    codec.text[1, -1] = 0
    with torch.no_grad():
        codec.data[0, 0, 3] += 0.5
        codec.data[1, -1] += 0.5  # where no word is
    assert codec.missed().nonzero().tolist() == [[0, 0, 3]]


def test_other_data_and_vectors_alone_are_refused() -> None:
    with pytest.raises(RequestError, match="choose raw"):
        SoftWords.encode(torch.zeros(2, 3), open_images("digits"))
    with pytest.raises(RequestError, match="begin at texts"):
        SoftWords.encode(Texts.of_vectors(some().vector, some().shape), TASK)


@pytest.mark.parametrize("name", ["data", "dual", "text", "vector"])
def test_what_does_not_fit_is_refused(name: str) -> None:
    codec = SoftWords.encode(some(), TASK)
    stored = dict(codec.state_dict())
    stored[name] = stored[name] + 9999 if name == "text" else stored[name][1:]
    with pytest.raises(ArtifactError, match="inconsistent"):
        SoftWords.restore(codec.fields(), stored)
