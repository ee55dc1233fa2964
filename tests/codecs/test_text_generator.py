"""A text generator: it begins as the language model of the data, and files that do not fit are refused."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.language_models import LanguageModelStore
from condenset.codecs.text_generator import TextGenerator
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.image import open_images
from tests.tasks.text import example

TASK = example.task()


def made() -> TextGenerator:
    return TextGenerator.encode(TASK.train.draw(3, Rng(0)).inputs, TASK)


def test_it_begins_as_the_language_model_and_is_rebuilt() -> None:
    codec, words = made(), torch.tensor([[2, 3, 0]])
    known = LanguageModelStore(TASK).model()
    again = TextGenerator.restore({}, dict(codec.state_dict()))
    for model in (codec.model, again.model):
        assert torch.equal(model(words, torch.tensor([1])), known(words, torch.tensor([1])))
    assert all(parameter.requires_grad for parameter in codec.parameter_groups()["data"])
    assert codec(torch.tensor([2])).words.equal(codec().words[2:])


def test_other_data_and_what_does_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="codec raw"):
        TextGenerator.encode(torch.zeros(2, 3), open_images("digits"))
    for name, change in {"vector": lambda t: t[1:], "words": lambda t: t + 9999, "model.bias": lambda t: t[1:]}.items():
        stored = dict(made().state_dict())
        with pytest.raises(ArtifactError, match="altered"):
            TextGenerator.restore({}, stored | {name: change(stored[name])})
