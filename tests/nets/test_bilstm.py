"""BiLSTM: two LSTMs, one of which reads the words backwards; the greatest value of each unit over the words."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.nets.stacked import stackable
from tests.examples import normal
from tests.nets.test_textcnn import texts
from tests.networks import drawn


def test_it_is_what_a_loop_over_words_computes() -> None:
    network = drawn("bilstm:width=2,size=3", (4,), 2, Rng(0))
    values = network.parameters
    words = [values["embedding.weight"][word] for word in (5, 9, 2)]
    ahead = _units(values, words, "l0")
    back = _units(values, words[::-1], "l0_reverse")[::-1]
    features = torch.stack([torch.cat(pair) for pair in zip(ahead, back, strict=True)]).amax(0)
    found = network(texts([5, 9, 2], [4, 3, 2, 7, 8]))  # the first is filled up
    torch.testing.assert_close(found.embedding[0], features, rtol=1e-5, atol=1e-6)
    logits = values["classifier.weight"] @ features + values["classifier.bias"]
    torch.testing.assert_close(found.logits[0], logits, rtol=1e-5, atol=1e-6)


def _units(values: dict[str, torch.Tensor], words: list[torch.Tensor], suffix: str) -> list[torch.Tensor]:
    """What an LSTM of width 2 holds after each word, by its equations."""
    unit, cell, held = torch.zeros(2), torch.zeros(2), []
    for word in words:
        gates = values[f"lstm.weight_ih_{suffix}"] @ word + values[f"lstm.bias_ih_{suffix}"]
        gates = gates + values[f"lstm.weight_hh_{suffix}"] @ unit + values[f"lstm.bias_hh_{suffix}"]
        enter, forget, new, leave = gates.chunk(4)
        cell = forget.sigmoid() * cell + enter.sigmoid() * new.tanh()
        unit = leave.sigmoid() * cell.tanh()
        held.append(unit)
    return held


def test_the_order_of_words_counts_and_short_and_empty_texts_are_read() -> None:
    network = drawn("bilstm:width=4,size=8", (4,), 2, Rng(0))
    assert not torch.allclose(network(texts([2, 3, 4, 5, 6])).logits, network(texts([6, 5, 4, 3, 2])).logits)
    for few in (texts([2]), Texts.of_vectors(normal(1, 4), (4,))):
        assert torch.isfinite(network(few).logits).all()


def test_it_is_drawn_by_its_seed_and_never_stacked() -> None:
    one, same, other = (drawn("bilstm:width=4,size=8", (4,), 2, Rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(one.flat(), same.flat()) and not torch.equal(one.flat(), other.flat())
    assert not stackable([one, other])
