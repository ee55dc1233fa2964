"""GCond's generator and one of its matching steps against the golden vectors."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from condenset.codecs.graph_generator import GraphGenerator
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import normalise_adjacency
from condenset.core.registries import CODECS
from condenset.nets.sgc import SGC
from tests.conftest import close, golden
from tests.tasks.graph.example import task

TASK = task()


def encoded(nodes: int = 6, **options: int) -> GraphGenerator:
    """A generator over random nodes with 5 features."""
    features = torch.randn(nodes, 5, generator=torch.Generator().manual_seed(0))
    return GraphGenerator.encode(features_only(features), TASK, **options)


def golden_state(v: dict[str, Tensor]) -> dict[str, Tensor]:
    """The golden weights under this codec's names."""
    layers = {name: (v[f"in_W{i}"], v[f"in_b{i}"]) for i, name in enumerate(("first", "second", "last"))}
    layers |= {f"norms.{i}": (v[f"in_g{i}"], v[f"in_be{i}"]) for i in range(2)}
    return {f"{n}.{kind}": t for n, pair in layers.items() for kind, t in zip(("weight", "bias"), pair, strict=True)}


@pytest.mark.parametrize("training", [True, False])
def test_adjacency_matches_golden_in_either_mode(training: bool) -> None:
    vectors = golden("modalities/graphs_pge")
    codec = GraphGenerator(vectors["in_x"], width=8).double()
    codec.load_state_dict(golden_state(vectors) | {"features": vectors["in_x"]})
    codec.train(training)
    close(codec.adjacency(), vectors["out_adj" if training else "out_adj_infer"], 1e-12)
    close(codec().propagation, normalise_adjacency(vectors["out_adj"]), 1e-12)


def column_distance(real: Tensor, synthetic: Tensor) -> Tensor:
    """Sum over output units (rows, out x in) of 1 - cosine, 1e-6 added to the norms' product."""
    norms = real.norm(dim=1) * synthetic.norm(dim=1)
    return (1 - (real * synthetic).sum(1) / (norms + 1e-6)).sum()


def class_gradients(net: SGC, graph: Nodes, labels: Tensor, index: Tensor) -> list[Tensor]:
    """Gradient of the mean loss over each class's nodes among `index` with respect to the weight, out x in."""
    losses = cross_entropy(net(graph).logits, labels, reduction="none")
    members = [index[labels[index] == c] for c in range(3)]
    return [torch.autograd.grad(losses[m].mean(), net.linear.weight, create_graph=True)[0] for m in members]


def test_one_gcond_step_matches_golden() -> None:
    v = golden("modalities/graphs_gcond_step")
    net = SGC((6,), 3).double()
    net.linear.load_state_dict({"weight": v["in_W"].T, "bias": v["in_b"]})
    features, adjacency = (v[name].clone().requires_grad_() for name in ("in_x_syn", "in_adj_syn"))
    labels = v["in_labels_syn"]
    real = class_gradients(net, Nodes(v["in_x"], normalise_adjacency(v["in_adj"])), v["in_y"], v["in_idx_train"])
    synthetic = class_gradients(net, Nodes(features, normalise_adjacency(adjacency)), labels, torch.arange(6))
    distances = torch.stack([column_distance(r.detach(), s) for r, s in zip(real, synthetic, strict=True)])
    counts = one_hot(labels).sum(0)
    loss = (distances * counts / counts.max()).sum()
    close(distances, v["out_per_class"], 1e-10)
    close(loss, v["out_loss"], 1e-10)
    by_features, by_adjacency = torch.autograd.grad(loss, (features, adjacency))
    close(by_features, v["out_grad_x"], 1e-9)
    close(by_adjacency, v["out_grad_adj"], 1e-9)


def test_both_groups_receive_gradients() -> None:
    codec = encoded()
    loss = codec().hop(2).square().sum()
    for name, parameters in codec.parameter_groups().items():
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True)
        assert all(bool(torch.isfinite(g).all()) for g in gradients), name
        assert max(g.abs().max().item() for g in gradients) > 1e-6, name
    assert set(codec.parameter_groups()) == {"data", "adjacency"}


def test_weights_follow_the_seed_and_leave_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    same, other = encoded(seed=1), encoded(seed=2)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(encoded(seed=1).adjacency(), same.adjacency())
    assert not torch.equal(other.adjacency(), same.adjacency())
    bound = 10**-0.5
    assert 0.9 * bound < same.first.weight.abs().max() <= bound


def test_restore_is_exact() -> None:
    codec = encoded(width=16, seed=5)
    again = GraphGenerator.restore(codec.fields(), codec.state_dict())
    assert torch.equal(again().propagation, codec().propagation)


def test_stored_bytes_are_features_and_weights() -> None:
    state = encoded(width=16).state_dict()
    mlp = (10 * 16 + 16) + (16 * 16 + 16) + (16 + 1) + 4 * 16
    assert sum(t.numel() * t.element_size() for t in state.values()) == 4 * (6 * 5 + mlp)


def test_wrong_tensors_are_refused() -> None:
    codec = encoded(width=16)
    state = codec.state_dict()
    with pytest.raises(ArtifactError, match=r"'last\.bias' is missing"):
        GraphGenerator.restore(codec.fields(), {k: t for k, t in state.items() if k != "last.bias"})
    with pytest.raises(ArtifactError, match=r"'first\.weight' has 16 rows: expected a width of 8"):
        GraphGenerator.restore(codec.fields() | {"width": 8}, state)
    with pytest.raises(ArtifactError, match=r"'second\.weight' is \(16, 8\): expected \(16, 16\)"):
        GraphGenerator.restore(codec.fields(), state | {"second.weight": state["second.weight"][:, :8]})


def test_one_node_is_refused() -> None:
    with pytest.raises(RequestError, match="at least 2"):
        encoded(nodes=1)


def test_it_is_registered() -> None:
    assert CODECS.get("graph-generator") is GraphGenerator
