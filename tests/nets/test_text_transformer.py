"""The transformer of texts: its block against PyTorch's own, what is not read, places, and what texts ask of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from condenset.core.attended_texts import AttendedTexts
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.nets.stacked import stacked
from condenset.nets.text_transformer import Block, waves
from tests.conftest import close
from tests.examples import normal
from tests.nets.test_textcnn import texts
from tests.networks import drawn

SMALL = "text-transformer:width=8,depth=2,heads=2"


def attended(count: int, heads: int = 2) -> AttendedTexts:
    return AttendedTexts.of(normal(count, 3, 4), normal(count, 2, heads, 1, 4, seed=1), 1.0)


def test_a_block_is_pytorchs_encoder_layer_with_the_norm_first() -> None:
    theirs = nn.TransformerEncoderLayer(8, 2, 32, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
    with torch.no_grad():
        for index, parameter in enumerate(theirs.parameters()):
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=Rng(index).torch()))
    names = {"attention": "self_attn", "expand": "linear1", "contract": "linear2"}
    values, ours = theirs.state_dict(), Block(8, 2)
    state = {name: values[".".join([names.get(*[name.partition(".")[0]] * 2), name.partition(".")[2]])]
             for name in ours.state_dict()}  # fmt: skip
    ours.load_state_dict(state)
    tokens, there = torch.randn(3, 5, 8, generator=Rng(99).torch()), torch.arange(5) < torch.tensor([[5], [3], [1]])
    found, attention = ours(tokens, there)
    close(found, theirs(tokens, src_key_padding_mask=~there), 1e-5)
    close(attention.sum(3), torch.ones(3, 2, 5), 1e-6)
    assert not attention.transpose(1, 3)[~there].any(), "nobody looks at what is not there"


def test_what_fills_up_is_not_read_places_count_and_empty_texts_are_read() -> None:
    network = drawn(SMALL, (4,), 2, Rng(0))
    alone, filled = network(texts([2, 3])).logits[0], network(texts([2, 3], [5, 6, 7, 8])).logits[0]
    close(alone, filled, 1e-5)
    assert not torch.allclose(alone, network(texts([3, 2])).logits[0], rtol=1e-3)
    for few in (texts([2]), Texts.of_vectors(normal(1, 4), (4,))):
        assert torch.isfinite(network(few).logits).all()


def test_places_are_told_by_waves() -> None:
    found = waves(torch.zeros(1, 6, 5))
    assert found.shape == (6, 5)
    close(found[:, 0], torch.arange(6.0).sin(), 1e-6)
    close(found[:, 3], (torch.arange(6.0) * 1e4 ** (-2 / 5)).cos(), 1e-6)


def test_words_that_weigh_one_are_read_as_the_words() -> None:
    network, hard = drawn(SMALL, (4,), 2, Rng(0)), texts([2, 3, 4, 5, 6], [9, 8])
    weights = F.one_hot(hard.words.long(), 10).float() * (hard.words > 0)[..., None]
    close(network(replace(hard, words=weights)).logits, network(hard).logits, 1e-5)


def test_attended_texts_are_read_as_words_of_their_vectors_and_ask_for_attention() -> None:
    network, words = drawn(SMALL, (4,), 2, Rng(0)), texts([2, 3, 4])
    table = network.parameters["embedding.weight"]
    made = AttendedTexts.of(table[words.words.long()], torch.zeros(1, 2, 2, 1, 4), 1.0)
    output = network(made)
    close(output.logits, network(words).logits, 1e-5)
    assert network(words).penalties == () and float(output.penalties[0]) > 0


def test_stacked_networks_compute_the_same_and_miss_the_same() -> None:
    networks = [drawn(SMALL, (4,), 2, Rng(seed)) for seed in (0, 1)]
    for rows in (texts([2, 3, 4, 5], [9, 8]), attended(2)):
        both = stacked(networks)(torch.utils._pytree.tree_map(lambda part: torch.stack([part, part]), rows))
        for number, network in enumerate(networks):
            own = network(rows)
            close(both.logits[number], own.logits, 1e-5)
            for mine, theirs in zip(both.penalties, own.penalties, strict=True):
                close(mine[number], theirs, 1e-5)


def test_it_begins_with_rotations_and_with_a_classifier_as_small_as_asked_for() -> None:
    network, halved = drawn(SMALL, (8,), 2, Rng(0)), drawn(f"{SMALL},head=0.5", (8,), 2, Rng(0))
    values = network.parameters
    inner = [*values["blocks.0.attention.in_proj_weight"].chunk(3), values["blocks.1.attention.out_proj.weight"]]
    for matrix in (values["enter.weight"], *inner):
        close(matrix @ matrix.T, torch.eye(8), 1e-5)
    assert not values["enter.bias"].any() and not values["blocks.0.attention.in_proj_bias"].any()
    close(halved.parameters["classifier.weight"], 0.5 * values["classifier.weight"], 1e-6)
    assert not drawn(f"{SMALL},head=0", (8,), 2, Rng(0))(texts([2, 3])).logits.any()


def test_it_is_drawn_by_its_seed_and_refuses_what_does_not_fit() -> None:
    one, same, other = (drawn(SMALL, (4,), 2, Rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(one.flat(), same.flat()) and not torch.equal(one.flat(), other.flat())
    with pytest.raises(RequestError, match="do not divide the width 128"):
        drawn("text-transformer:heads=3", (4,), 2, Rng(0))
    with pytest.raises(RequestError, match="made for"):
        one(attended(2, heads=4))
