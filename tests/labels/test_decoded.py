"""Labels that the codec decodes: nothing is stored, and what does not go together is refused."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.distillation import start_state
from condenset.labels.decoded import Decoded
from condenset.recipe import budgeted
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import line, normal


class Chain(Codec):
    """Numbers, of which each is the target of the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.data = nn.Parameter(normal(6, 1))

    def forward(self, index: Tensor | None = None) -> Tensor:
        return self.data[:-1] if index is None else self.data[:-1][index]

    def targets(self, index: Tensor | None = None) -> Tensor:
        return self.data[1:] if index is None else self.data[1:][index]

    def origin(self) -> Tensor:
        return torch.arange(5)


def test_targets_come_from_the_codec_with_their_gradient() -> None:
    labels = Decoded.encode(normal(6, 1), line().target)
    chain = SyntheticSet(Chain(), labels, torch.zeros(6, dtype=torch.int64), Contract("quick"))
    batch = chain.decode(torch.tensor([0, 3]))
    assert torch.equal(batch.targets, chain.codec.data[[1, 4]])
    batch.targets.sum().backward()
    assert chain.codec.data.grad[:, 0].tolist() == [0, 1, 0, 0, 1, 0]
    assert chain.nbytes().labels == Decoded.item_bytes(line().target) == 0


def test_a_codec_without_targets_needs_labels() -> None:
    counts, recipe = budgeted("dm", line(), Size(per_class=1), {"labels": "decoded"})
    with pytest.raises(RequestError, match="'table-row' and labels 'decoded' do not go together"):
        start_state(line(), recipe, counts, 0)
