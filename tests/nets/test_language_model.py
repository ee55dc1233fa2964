"""The language model: its losses word by word, what it writes, and the readable text that is nearest to weights."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.nets.language_model import LanguageModel, nearest_readable, written

TEXTS = torch.tensor([[2, 5, 3, 0, 0], [4, 4, 1, 2, 3], [6, 0, 0, 0, 0]])
GROUPS = torch.tensor([0, 1, 1])


@pytest.fixture
def model() -> LanguageModel:
    made = LanguageModel(8, 2, 6, 5, Rng(0).torch())
    with torch.no_grad():
        for parameter in made.parameters():  # so that words differ clearly in how likely they are
            parameter.mul_(4)
        made.bias.copy_(torch.linspace(-1, 1, 8))
    return made


def test_losses_are_those_of_one_word_after_another(model: LanguageModel) -> None:
    found = model.losses(TEXTS, GROUPS)
    for text, group, loss in zip(TEXTS, GROUPS, found, strict=True):
        words = [*text[text > 0].tolist(), 0]
        terms = [model(text[None], group[None])[0, at].log_softmax(0)[word] for at, word in enumerate(words)]
        torch.testing.assert_close(loss, -torch.stack(terms).mean())


def test_the_next_word_follows_from_all_before_and_from_the_group_and_is_known(model: LanguageModel) -> None:
    all_at_once, word, state = model(TEXTS, GROUPS), None, None
    for place in range(5):
        logits, state = model.next(word, GROUPS, state)
        known = [0, *range(2, 8)]
        torch.testing.assert_close(logits[:, known], all_at_once[:, place, known])
        assert bool((logits[:, 1] == -torch.inf).all())
        word = TEXTS[:, place]
    assert not torch.allclose(model(TEXTS, GROUPS), model(TEXTS, 1 - GROUPS))


def test_words_are_drawn_as_they_are_likely_and_only_among_the_likeliest(model: LanguageModel) -> None:
    groups = torch.zeros(4000, dtype=torch.int64)
    first, _ = model.next(None, groups[:1], None)
    chance = first[0].index_fill(0, torch.tensor([0]), -torch.inf).softmax(0)
    texts = written(model, groups, 3, 1.0, Rng(1).torch())
    shares = torch.bincount(texts[:, 0], minlength=8) / 4000
    assert (shares - chance).abs().max() < 0.03
    ended = texts == 0
    assert not ended[:, 0].any() and bool((ended[:, 2] >= ended[:, 1]).all()) and bool(ended[:, 2].any())
    few = set(written(model, groups, 1, 0.5, Rng(1).torch())[:, 0].tolist())
    ranked = chance.argsort(descending=True).tolist()
    assert few == set(ranked[: len(few)]) and chance[ranked[: len(few)]].sum() >= 0.5
    assert chance[ranked[: len(few) - 1]].sum() < 0.5


def test_the_nearest_readable_text_takes_the_weightiest_of_the_likeliest_from_left_to_right(
    model: LanguageModel,
) -> None:
    weights, lengths = torch.rand(3, 5, 8, generator=Rng(2).torch()), torch.tensor([3, 5, 1])
    found = nearest_readable(model, weights, lengths, GROUPS, 3)
    for text, group, weight, length in zip(found, GROUPS, weights, lengths.tolist(), strict=True):
        assert not text[length:].any()
        for place in range(length):
            logits = model(text[None], group[None])[0, place]
            logits[:2] = -torch.inf
            likeliest = logits.topk(3).indices
            assert text[place] == likeliest[weight[place, likeliest].argmax()]
    free = nearest_readable(model, weights, lengths, GROUPS, 99)
    assert torch.equal(free[1], weights[1, :, 2:].argmax(1) + 2)
