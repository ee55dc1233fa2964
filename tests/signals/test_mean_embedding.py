"""Class-mean embeddings against a loop over classes, DM's released numbers and GCDM's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from condenset.core.batch import Batch
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.kernels.distance import squared_error
from condenset.nets.network import Network, Output
from condenset.signals.mean_embedding import MeanEmbedding
from tests.conftest import close, golden
from tests.examples import batch_of, normal, task_of
from tests.networks import drawn
from tests.tasks.graph import example


def test_means_are_those_of_a_loop_over_weighted_classes() -> None:
    labels, weight = torch.tensor([1, 0, 1, 2, 1, 0]), torch.tensor([1.0, 2.0, 0.0, 3.0, 0.5, 1.0])
    inputs = normal(6, 4)
    task = task_of(inputs, labels, 4 - 1, "tabular")
    network = drawn("mlp:width=5,depth=1", (4,), 3, Rng(0))
    weight_matrix = {k: v.numpy() for k, v in network.parameters.items()}
    hidden = (inputs.numpy() @ weight_matrix["hidden.0.weight"].T + weight_matrix["hidden.0.bias"]).clip(min=0)
    found = MeanEmbedding().sums(network, batch_of(inputs, labels, weight), task)
    assert found.counts.tolist() == [3.0, 1.5, 3.0]
    for group in range(3):
        rows = [i for i in range(6) if labels[i] == group]
        mean = sum(float(weight[i]) * hidden[i] for i in rows) / sum(float(weight[i]) for i in rows)
        close(found.mean()[0][group], torch.from_numpy(mean), 1e-5)


def test_nodes_without_a_label_do_not_count() -> None:
    task = example.task()
    network = task.network("sgc", Rng(0))
    batch = task.train.all()
    assert isinstance(batch.inputs, Nodes)
    spread = batch.inputs.spread(batch.inputs.spread(batch.inputs.features))
    found = MeanEmbedding().sums(network, batch, task)
    assert found.counts.tolist() == [2.0, 2.0]
    for group, nodes in enumerate(([0, 1], [6, 7])):
        close(found.mean()[0][group], spread[nodes].mean(0), 1e-6)


class Given(nn.Module):
    """The inputs are the embedding."""

    def forward(self, inputs: Tensor) -> Output:
        return Output(inputs[:, :1], inputs)


def test_golden_gcdm() -> None:
    """GCDM averages over the embedding's entries, so its loss is the squared error over their number."""
    arrays = golden("modalities/graphs_gcdm")
    network = Network(Given(), {}, {})
    real, synthetic = (batch_of(arrays[f"in_emb_{side}"], arrays[f"in_y_{side}"]) for side in ("real", "syn"))
    task = task_of(real.inputs, real.targets, 3, "tabular")
    means = [MeanEmbedding().sums(network, batch, task).mean() for batch in (real, synthetic)]
    close(means[0][0], arrays["out_mean_real"], 1e-12)
    close(means[1][0], arrays["out_mean_syn"], 1e-12)
    close(squared_error(*means).sum() / means[0][0].shape[1], arrays["out_loss"], 1e-12)


def test_gradients_reach_the_batch_and_nothing_else_is_tracked() -> None:
    inputs, labels = normal(4, 3), torch.tensor([0, 1, 0, 1])
    task = task_of(inputs, labels, 2, "tabular")
    network = drawn("mlp:width=5,depth=1", (3,), 2, Rng(0))
    assert not MeanEmbedding().sums(network, batch_of(inputs, labels), task).totals[0].requires_grad
    batch = Batch(inputs.clone().requires_grad_(), labels, labels, torch.ones(4))
    found = MeanEmbedding().sums(network, batch, task)
    (gradient,) = torch.autograd.grad(found.totals[0][0].sum(), batch.inputs)
    assert gradient[[0, 2]].abs().sum() > 0
    assert torch.equal(gradient[[1, 3]], torch.zeros(2, 3))


@pytest.mark.parametrize("groups", [[0, 0], [1, 1]])
def test_a_class_without_examples_has_a_row_of_zeros(groups: list[int]) -> None:
    labels = torch.tensor(groups)
    task = task_of(normal(2, 3), torch.tensor([0, 1]), 2, "tabular")
    network = drawn("mlp:width=5,depth=1", (3,), 2, Rng(0))
    found = MeanEmbedding().sums(network, batch_of(normal(2, 3), labels), task)
    assert found.mean()[0][1 - groups[0]].abs().sum() == 0
    assert found.counts[1 - groups[0]] == 0
