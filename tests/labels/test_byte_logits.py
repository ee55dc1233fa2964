"""Soft labels of a byte a class: near the start's, learnt as if not rounded, the same when stored, refusals."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import ArtifactError, RequestError
from condenset.labels.byte_logits import ByteLogits
from tests.conftest import close
from tests.examples import blobs, line, normal

TARGET = blobs().target


def test_they_begin_near_the_starts_probabilities_and_are_stored_as_they_are() -> None:
    shares = (3 * normal(20, 3)).softmax(1)
    labels = ByteLogits.encode(shares, TARGET)
    close(labels().log(), shares.clamp(min=0.01 / 3).log(), 0.1)  # half a step in the logits, and in their sum
    kept = labels.stored()
    assert torch.equal(kept(), labels()) and torch.equal(ByteLogits.restore(kept.state_dict(), TARGET)(), labels())
    assert sum(t.nbytes for t in kept.state_dict().values()) == 20 * ByteLogits.item_bytes(TARGET) == 20 * 3


@pytest.mark.parametrize("bits", [1, 3, 4, 7])
def test_fewer_bits_are_packed_and_say_the_same_when_stored(bits: int) -> None:
    shares = (3 * normal(20, 3)).softmax(1)
    labels = ByteLogits.encode(shares, TARGET, bits)
    kept = labels.stored()
    assert torch.equal(kept(), labels()) and torch.equal(ByteLogits.restore(kept.state_dict(), TARGET)(), labels())
    size = sum(t.nbytes for t in kept.state_dict().values())
    assert size == 20 * ByteLogits.item_bytes(TARGET, bits) + 1 == 20 * -(-3 * bits // 8) + 1
    assert (labels() - shares).abs().max() < 3 * 2.0**-bits


def test_descent_reaches_other_labels() -> None:
    goal, labels = torch.tensor([[0.1, 0.3, 0.6]]), ByteLogits.encode(torch.tensor([0]), TARGET)
    optimiser = torch.optim.SGD(labels.parameters(), lr=2.0)
    for _ in range(200):
        optimiser.zero_grad()
        (labels() - goal).square().sum().backward()
        optimiser.step()
    close(labels.stored()(), goal, 0.03)


def test_what_has_no_classes_is_refused() -> None:
    with pytest.raises(RequestError, match="byte-logits are of classes"):
        ByteLogits.encode(normal(3, 1), line().target)
    for levels in (torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.int64), torch.zeros(6, dtype=torch.uint8)):
        with pytest.raises(ArtifactError):
            ByteLogits.restore({"levels": levels}, TARGET)
    kept = ByteLogits.encode(torch.tensor([0, 1]), TARGET, 4).stored().state_dict()
    for bits in ([9], [0], [4, 4], [8]):
        with pytest.raises(ArtifactError):
            ByteLogits.restore(kept | {"bits": torch.tensor(bits, dtype=torch.uint8)}, TARGET)
    with pytest.raises(RequestError, match="9 bits"):
        ByteLogits.encode(torch.tensor([0, 1]), TARGET, 9)
