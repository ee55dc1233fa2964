"""Texts of word vectors with attention labels: choosing, joining, what they ask of a network, and refusals."""

from __future__ import annotations

import pytest
import torch
from torch.utils import _pytree

from condenset.core.attended_texts import AttendedTexts, missed_attention
from condenset.core.errors import RequestError
from condenset.core.spec import Leaf
from condenset.core.structure import concatenate, doubled, expect_fit, take
from condenset.core.texts import Texts
from tests.examples import normal


def attended(count: int = 3, queries: int = 1, pull: float = 1.0) -> AttendedTexts:
    """Of four places and vectors of five numbers, for a network of two layers of two heads."""
    return AttendedTexts.of(normal(count, 4, 5), normal(count, 2, 2, queries, 5, seed=1), pull)


def looks(count: int = 3, seed: int = 2) -> list[torch.Tensor]:
    return [normal(count, 2, 5, 5, seed=seed + layer).softmax(-1) for layer in range(2)]


def test_their_vector_is_the_mean_of_their_words_and_they_have_none_to_read() -> None:
    texts = attended()
    mean = texts.places.mean(1)
    torch.testing.assert_close(texts.vector, mean / mean.norm(dim=1, keepdim=True))
    expect_fit(texts, Leaf((5,), meaning="text"))
    assert texts.words.shape == (3, 0) and not texts.readable
    assert isinstance(Texts.of_vectors(texts.vector, (5,)).joined([]), Texts)


def test_they_are_chosen_joined_and_made_double_with_all_that_they_hold() -> None:
    texts = attended(pull=2.0)
    chosen = take(texts, torch.tensor([2, 0]))
    assert torch.equal(chosen.places, texts.places[[2, 0]]) and torch.equal(chosen.guide, texts.guide[[2, 0]])
    both = concatenate([chosen, texts])
    assert len(both) == 5 and both.pull == 2.0 and torch.equal(both.guide[2:], texts.guide)
    assert doubled(texts).places.dtype == torch.float64 and doubled(texts).words.dtype == torch.int32
    leaves, structure = _pytree.tree_flatten(texts)
    back = _pytree.tree_unflatten(leaves, structure)
    assert back.pull == 2.0 and torch.equal(back.guide, texts.guide)


def test_they_do_not_go_together_with_texts_as_they_are() -> None:
    with pytest.raises(RequestError, match="do not go together"):
        attended().joined([Texts.of_vectors(normal(1, 5), (5,))])


@pytest.mark.parametrize("queries", [1, 5])
def test_what_they_ask_is_the_divergence_of_the_first_rows(queries: int) -> None:
    texts, seen = attended(queries=queries, pull=0.5), looks()
    (found,) = texts.penalties(seen)
    for number in range(3):
        rows = [
            (texts.guide[number, layer, head, query].softmax(0), seen[layer][number, head, query])
            for layer in range(2) for head in range(2) for query in range(queries)
        ]  # fmt: skip
        each = [sum(float(p * (p / q).log()) for p, q in zip(*row, strict=True)) for row in rows]
        assert float(found[number]) == pytest.approx(0.5 * sum(each) / len(each), rel=1e-4)


def test_nothing_is_missed_where_the_network_looks_as_it_is_told() -> None:
    guide = normal(2, 1, 2, 1, 4)
    assert missed_attention(guide, guide.softmax(-1)).abs().max() < 1e-6
    assert torch.isfinite(missed_attention(guide, torch.zeros_like(guide))).all(), "a place that nobody looks at"


OTHERS = [looks()[:1], [look[:, :1] for look in looks()], [look[..., :3, :3] for look in looks()]]


@pytest.mark.parametrize("seen", OTHERS)
def test_a_network_of_other_layers_heads_or_tokens_is_refused(seen: list[torch.Tensor]) -> None:
    with pytest.raises(RequestError, match=r"2 layers of 2 heads look among 5 tokens.*made for"):
        attended().penalties(seen)
