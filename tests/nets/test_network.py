"""Drawing networks: repeatable, torch's law, names with fields, flat vectors; sizes of the ConvNet family."""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.registries import NETWORKS
from condenset.core.rng import Rng
from condenset.nets.network import Architecture, Output, of_shape
from tests.conftest import close, golden
from tests.examples import normal
from tests.networks import drawn

SHAPES = {"grey28": (1, 28, 28), "rgb32": (3, 32, 32)}
CONVNETS = {
    "ConvNet": "convnet",
    "ConvNetD1": "convnet:depth=1",
    "ConvNetD2": "convnet:depth=2",
    "ConvNetD3": "convnet:depth=3",
    "ConvNetD4": "convnet:depth=4",
    "ConvNetW32": "convnet:width=32",
    "ConvNetW64": "convnet:width=64",
    "ConvNetW256": "convnet:width=256",
    "ConvNetNN": "convnet:norm=none",
    "ConvNetBN": "convnet:norm=batch",
    "ConvNetLN": "convnet:norm=layer",
    "ConvNetGN": "convnet:norm=group",
    "ConvNetNP": "convnet:pooling=none",
}


@pytest.mark.parametrize("released", CONVNETS)
@pytest.mark.parametrize("data", SHAPES)
def test_parameter_counts_of_the_convnet_family(released: str, data: str) -> None:
    expected = golden("images/param_counts")[f"{released}.{data}"]
    assert drawn(CONVNETS[released], SHAPES[data], 10, Rng(0)).flat().numel() == int(expected)


@pytest.mark.parametrize(
    ("released", "side", "outputs"),
    [("ConvNetD4_64px_200c", 64, 200), ("ConvNetD5_128px_10c", 128, 10), ("ConvNetD3_32px_100c", 32, 100)],
)
def test_parameter_counts_at_other_sizes_with_the_depth_by_resolution(released: str, side: int, outputs: int) -> None:
    network = drawn("convnet", (3, side, side), outputs, Rng(0))
    assert network.flat().numel() == int(golden("images/param_counts")[released])


@pytest.mark.parametrize("name", ["convnet:width=8", "frepo-convnet:width=8", "mlp", "lenet", "convnet:norm=batch"])
def test_same_stream_same_network_and_other_stream_another(name: str) -> None:
    first, again = (drawn(name, (3, 32, 32), 10, Rng(4).child("net")) for _ in range(2))
    other = drawn(name, (3, 32, 32), 10, Rng(5).child("net"))
    assert torch.equal(first.flat(), again.flat())
    assert not torch.equal(first.flat(), other.flat())


def test_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    drawn("resnet", (3, 32, 32), 10, Rng(0))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(("parameter", "fans"), [("blocks.1.conv", 25 * (6 + 16)), ("hidden.0", 400 + 120)])
def test_xavier_law(parameter: str, fans: int) -> None:
    parameters = drawn("lenet:init=xavier", (1, 28, 28), 10, Rng(0)).parameters
    weight = parameters[f"{parameter}.weight"]
    assert abs(weight.std() / math.sqrt(2 / fans) - 1) < 0.05
    assert abs(weight.mean()) < 3 * weight.std() / math.sqrt(weight.numel())
    assert not parameters[f"{parameter}.bias"].any()


def test_unknown_law_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="xavier"):
        drawn("lenet:init=xaver", (1, 28, 28), 10, Rng(0))


@pytest.mark.parametrize(
    ("name", "parameter", "reference"),
    [
        ("convnet", "blocks.1.conv", nn.Conv2d(128, 128, 3)),
        ("mlp", "hidden.0", nn.Linear(3072, 128)),
    ],
)
def test_initial_law_is_torchs_default(name: str, parameter: str, reference: nn.Module) -> None:
    network = drawn(name, (3, 32, 32), 10, Rng(0))
    bound = 1 / math.sqrt(reference.weight[0].numel())
    for kind, expected in reference.named_parameters():
        value = network.parameters[f"{parameter}.{kind}"]
        assert value.abs().max() <= bound
        if kind == "weight":
            assert value.abs().max() > 0.999 * bound
            assert expected.abs().max().item() == pytest.approx(value.abs().max().item(), rel=1e-3)
            assert value.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.01)
            assert abs(value.mean().item()) < 0.01 * bound


def test_normalisation_begins_as_the_identity() -> None:
    network = drawn("convnet:norm=batch", (3, 32, 32), 10, Rng(0))
    assert torch.equal(network.parameters["blocks.0.norm.weight"], torch.ones(128))
    assert torch.equal(network.parameters["blocks.0.norm.bias"], torch.zeros(128))
    assert torch.equal(network.buffers["blocks.0.norm.running_var"], torch.ones(128))
    assert network.buffers["blocks.0.norm.num_batches_tracked"].dtype == torch.int64


def test_fields_of_the_name_reach_the_network() -> None:
    network = drawn("convnet:width=6,depth=2,norm=none", (3, 16, 16), 7, Rng(0))
    shapes = {name: tuple(p.shape) for name, p in network.parameters.items()}
    assert shapes == {
        "blocks.0.conv.weight": (6, 3, 3, 3),
        "blocks.0.conv.bias": (6,),
        "blocks.1.conv.weight": (6, 6, 3, 3),
        "blocks.1.conv.bias": (6,),
        "classifier.weight": (7, 6 * 4 * 4),
        "classifier.bias": (7,),
    }


@pytest.mark.parametrize("name", ["convnet:colour=3", "mlp:norm=batch", "lenet:width=3", "convnet:width"])
def test_unknown_field_is_a_request_error(name: str) -> None:
    with pytest.raises(RequestError, match=name.partition(":")[0]):
        drawn(name, (3, 32, 32), 10, Rng(0))


@pytest.mark.parametrize(("name", "nearest"), [("convnett", "convnet"), ("resnett", "resnet"), ("alexnt", "alexnet")])
def test_unknown_name_suggests_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"did you mean '{nearest}'"):
        drawn(name, (3, 32, 32), 10, Rng(0))


def test_flat_and_unflatten_are_inverse() -> None:
    network = drawn("convnet:width=4", (3, 8, 8), 3, Rng(0))
    named = network.unflatten(network.flat())
    assert list(named) == list(network.parameters)
    assert all(torch.equal(named[k], p) for k, p in network.parameters.items())
    assert torch.equal(network.with_parameters(network.unflatten(2 * network.flat())).flat(), 2 * network.flat())


def test_trainable_copies_and_calls_take_other_parameters() -> None:
    network = drawn("mlp:width=3", (4,), 2, Rng(0))
    inputs = torch.randn(5, 4, generator=Rng(1).torch())
    copy = network.trainable()
    copy(inputs).logits.sum().backward()
    assert all(p.grad is not None for p in copy.parameters.values())
    assert not any(p.requires_grad for p in network.parameters.values())
    zeros = {k: torch.zeros_like(p) for k, p in network.parameters.items()}
    assert torch.equal(network(inputs, zeros).logits, torch.zeros(5, 2))


def test_every_registered_network_says_what_it_reads() -> None:
    assert {"convnet", "frepo-convnet", "mlp", "lenet", "alexnet", "vgg", "resnet"} <= set(NETWORKS.names())
    assert NETWORKS.declared("mlp")["reads"] == ["features", "grid", "sequence", "nodes"]
    assert all(NETWORKS.get(name).reads for name in ("convnet", "resnet"))


def test_networks_that_were_sent_compute_the_same_and_share_their_module() -> None:
    networks = [drawn("convnet:width=4,depth=2,norm=batch", (3, 8, 8), 5, Rng(seed)) for seed in (0, 1)]
    sent = [pickle.loads(pickle.dumps(replace(n, forward=lambda values, inputs: None))) for n in networks]
    inputs = normal(6, 3, 8, 8)
    for network, other in zip(networks, sent, strict=True):
        assert torch.equal(network(inputs).logits, other(inputs).logits)
        assert other.forward is None
    assert sent[0].module is sent[1].module


@pytest.mark.parametrize("norm", ["instance", "batch"])
@pytest.mark.parametrize("compiled", [False, True])
def test_parts_are_the_whole(norm: str, compiled: bool) -> None:
    network = drawn(f"convnet:width=4,depth=1,norm={norm}", (1, 8, 8), 2, Rng(0))
    sizes = []

    def counted(values: Mapping[str, Tensor], inputs: Inputs) -> Output:
        assert isinstance(inputs, Tensor)
        sizes.append(len(inputs))
        found: Output = functional_call(network.module, dict(values), (inputs,))
        return found

    images = normal(network.pass_size + 3, 1, 8, 8)
    cut = replace(network, forward=counted) if compiled else network
    with torch.no_grad():
        found, expected = list(cut.in_parts(images)), network(images)
    close(torch.cat([output.logits for output in found]), expected.logits, 1e-5)
    close(torch.cat([output.embedding for output in found]), expected.embedding, 1e-5)
    if compiled:  # in parts of one shape, unless the examples of a batch depend on each other
        assert set(sizes) == {cut.pass_size if norm == "instance" else len(images)}


class Stranger(nn.Module):
    """Layers that no architecture of the package has: one with a table, one with gates, one in three dimensions."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(500, 16)
        self.gates = nn.GRU(16, 25)
        self.volume = nn.Conv3d(2, 4, 3)


class Lawless(nn.Module):
    """A parameter of which nothing says how it begins."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))


def test_a_layer_that_is_not_known_begins_by_its_own_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(NETWORKS), "get", lambda *_: Architecture(of_shape(lambda *_: Stranger()), ("features",)))
    first, again = (drawn("stranger", (3,), 2, Rng(1)).parameters for _ in range(2))
    other = drawn("stranger", (3,), 2, Rng(2)).parameters
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)
    assert float(first["table.weight"].std()) == pytest.approx(1, abs=0.05)  # N(0, 1)
    assert 0.18 < float(first["gates.weight_ih_l0"].abs().max()) <= 1 / math.sqrt(25)  # U(-1, 1) / sqrt(hidden)
    assert 0.12 < float(first["volume.weight"].abs().max()) <= 1 / math.sqrt(2 * 27)  # U(-1, 1) / sqrt(fan in)


def test_a_layer_without_a_law_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(NETWORKS), "get", lambda *_: Architecture(of_shape(lambda *_: Lawless()), ("features",)))
    with pytest.raises(RequestError, match=r"Lawless.*says no law of its initial parameters"):
        drawn("lawless", (3,), 2, Rng(1))


def test_a_width_that_is_none_is_refused() -> None:
    with pytest.raises(RequestError, match="network 'mlp:width=-1' cannot be built"):
        drawn("mlp:width=-1", (3,), 2, Rng(0))
