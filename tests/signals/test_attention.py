"""Class-mean attention against a loop over images."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.signals.attention import Attention
from tests.conftest import close
from tests.examples import batch_of, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([1, 0, 1, 1])


@pytest.mark.parametrize(("spatial", "channel", "kinds"), [(1.0, 0.0, 1), (0.0, 2.0, 1), (0.3, 0.7, 2)])
def test_maps_of_all_layers_but_the_last_are_averaged_by_class(spatial: float, channel: float, kinds: int) -> None:
    images = normal(4, 1, 12, 12)
    task = task_of(images, LABELS, 2)
    network = drawn("convnet:width=5,depth=3", (1, 12, 12), 2, Rng(0))
    means = Attention(2.0, spatial, channel, embedding=0.25).sums(network, batch_of(images, LABELS), task).mean()
    assert len(means) == 2 * kinds + 1
    layers = network(images).layers[:-1]
    for index, layer in enumerate(layers):
        for place, (weight, axes) in enumerate([p for p in ((spatial, 1), (channel, (2, 3))) if p[0]]):
            maps = layer.square().sum(axes).flatten(1)
            maps = weight**0.5 * maps / maps.norm(dim=1, keepdim=True)
            found = means[index * kinds + place]
            close(found[1], maps[[0, 2, 3]].mean(0), 1e-5)
            close(found[0], maps[1], 1e-5)
    close(means[-1][0], 0.5 * network(images).embedding[1], 1e-6)


def test_it_says_that_it_reads_layers() -> None:
    assert Attention().reads_layers
    assert not Attention().second_order
