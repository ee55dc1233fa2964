"""ConvNet against the released network's outputs, its sizes and its refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch import Tensor, nn
from torch.func import functional_call

from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.rng import Rng
from condenset.nets.convnet import convnet
from tests.conftest import close, golden
from tests.networks import drawn

NORMS = {"none": "none", "batchnorm": "batch", "layernorm": "layer", "instancenorm": "instance", "groupnorm": "group"}
ACTIVATIONS = {"relu": "relu", "sigmoid": "sigmoid", "leakyrelu": "leaky", "swish": "swish"}
POOLINGS = {"avgpooling": "average", "maxpooling": "max", "none": "none"}
VARIANTS = [
    "none_relu_avgpooling",
    "batchnorm_relu_avgpooling",
    "layernorm_relu_avgpooling",
    "instancenorm_relu_avgpooling",
    "instancenorm_sigmoid_maxpooling",
    "instancenorm_leakyrelu_none",
    "instancenorm_swish_avgpooling",
    "groupnorm_relu_avgpooling",
]


def released(arrays: dict[str, Tensor], prefix: str, per_block: int, has_norm: bool = True) -> dict[str, Tensor]:
    """Released tensors under our names; `per_block` layers make one block there."""
    found = {}
    for key, value in arrays.items():
        if not key.startswith(prefix):
            continue
        parts = key.removeprefix(prefix).split(".")
        if parts[0] == "classifier":
            found[".".join(parts)] = value
        elif parts[0] == "features":
            block, layer = divmod(int(parts[1]), per_block)
            found[f"blocks.{block}.{('conv', 'norm')[layer]}.{parts[2]}"] = value
    return found


def load(module: nn.Module, values: dict[str, Tensor]) -> nn.Module:
    """The module in float64 with these values; only counters may be missing."""
    missing, unexpected = module.double().load_state_dict(values, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing)
    return module


@pytest.mark.parametrize(("name", "shape"), [("grey28", (1, 28, 28)), ("rgb32", (3, 32, 32))])
def test_released_three_block_network(name: str, shape: tuple[int, ...]) -> None:
    arrays = golden(f"images/convnet_d3_{name}")
    outputs = len(arrays["sd.classifier.bias"])
    output = load(convnet(shape, outputs, width=16), released(arrays, "sd.", 4))(arrays["x"])
    close(output.embedding, arrays["embed"], 1e-12)
    close(output.logits, arrays["logits"], 1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_released_variants(variant: str) -> None:
    arrays = golden("images/convnet_variants")
    norm, activation, pooling = variant.split("_")
    outputs = len(arrays[f"{variant}.sd.classifier.bias"])
    module = convnet((3, 16, 16), outputs, 8, 2, NORMS[norm], ACTIVATIONS[activation], POOLINGS[pooling])
    per_block = 4 - (norm == "none") - (pooling == "none")
    load(module, released(arrays, f"{variant}.sd.", per_block)).eval()
    output = module(arrays[f"{variant}.x"])
    close(output.embedding, arrays[f"{variant}.eval.embed"], 1e-12)
    close(output.logits, arrays[f"{variant}.eval.logits"], 1e-12)


def test_released_two_block_grey() -> None:
    arrays = golden("images/convnet_variants")
    outputs = len(arrays["grey28_d2.sd.classifier.bias"])
    module = load(convnet((1, 28, 28), outputs, width=8, depth=2), released(arrays, "grey28_d2.sd.", 4))
    close(module(arrays["grey28_d2.x"]).logits, arrays["grey28_d2.eval.logits"], 1e-12)


def test_batch_norm_updates_its_statistics_through_a_functional_call() -> None:
    arrays = golden("images/convnet_variants")
    module = convnet((3, 16, 16), len(arrays["batchnorm_relu_avgpooling.sd.classifier.bias"]), 8, 2, "batch").double()
    values = released(arrays, "batchnorm_relu_avgpooling.sd.", 4)
    output = functional_call(module, values, (arrays["batchnorm_relu_avgpooling.x"],))
    close(output.logits, arrays["batchnorm_relu_avgpooling.train.logits"], 1e-12)
    for name, expected in released(arrays, "batchnorm_relu_avgpooling.after.", 4).items():
        close(values[name], expected, 1e-7)


def test_a_drawn_network_has_both_modes_of_batch_norm() -> None:
    network = drawn("convnet:norm=batch,width=4,depth=1", (3, 8, 8), 2, Rng(0))
    images = 3 + torch.randn(16, 3, 8, 8, generator=Rng(1).torch())
    train = network(images).logits
    after = {k: v.clone() for k, v in network.buffers.items()}
    frozen = network.evaluating()(images).logits
    assert not torch.equal(after["blocks.0.norm.running_mean"], torch.zeros(4))
    assert all(torch.equal(network.buffers[k], v) for k, v in after.items())
    assert (train - frozen).abs().max() > 0.1


def test_one_block_is_correlation_normalisation_rectification_and_averaging() -> None:
    network = drawn("convnet:width=2,depth=1", (1, 6, 6), 3, Rng(0))
    image = torch.randn(1, 1, 6, 6, generator=Rng(1).torch())
    parameters = {k: v.numpy() for k, v in network.parameters.items()}
    maps = []
    for kernel, bias in zip(parameters["blocks.0.conv.weight"], parameters["blocks.0.conv.bias"], strict=True):
        padded = np.pad(image[0, 0].numpy(), 3)
        value = correlate2d(padded, kernel[0], mode="valid") + bias
        maps.append(np.maximum((value - value.mean()) / np.sqrt(value.var() + 1e-5), 0))
    features = np.stack(maps).reshape(2, 5, 2, 5, 2).mean((2, 4)).reshape(-1)
    output = network(image)
    assert torch.allclose(output.layers[0][0], torch.from_numpy(np.stack(maps)), atol=1e-5)
    assert torch.allclose(output.embedding[0], torch.from_numpy(features), atol=1e-5)
    logits = parameters["classifier.weight"] @ features + parameters["classifier.bias"]
    assert torch.allclose(output.logits[0], torch.from_numpy(logits), atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "layers", "embedding"),
    [
        ((3, 32, 32), 3, 4 * 4),
        ((1, 28, 28), 3, 4 * 4),
        ((3, 64, 64), 4, 4 * 4),
        ((3, 128, 128), 5, 4 * 4),
        ((3, 256, 256), 6, 4 * 4),
        ((3, 8, 8), 3, 1),
        ((1, 8, 8), 3, 1),
        ((3, 4, 4), 2, 1),
        ((5, 24, 40), 3, 3 * 5),
    ],
)
def test_depth_follows_the_resolution(shape: tuple[int, ...], layers: int, embedding: int) -> None:
    network = drawn("convnet:width=2", shape, 4, Rng(0))
    output = network(torch.randn(2, *shape, generator=Rng(1).torch()))
    assert len(output.layers) == layers
    assert output.embedding.shape == (2, 2 * embedding)
    assert output.logits.shape == (2, 4)


def test_layers_are_not_negative_and_pool_to_the_embedding() -> None:
    output = drawn("convnet:width=4", (3, 16, 16), 2, Rng(0))(torch.randn(3, 3, 16, 16))
    assert [tuple(layer.shape) for layer in output.layers] == [(3, 4, 16, 16), (3, 4, 8, 8), (3, 4, 4, 4)]
    assert all(layer.min() == 0 for layer in output.layers)
    close(nn.functional.avg_pool2d(output.layers[-1], 2).flatten(1), output.embedding, 1e-6)


def test_instance_norm_gradients_exist_to_second_order() -> None:
    network = drawn("convnet:width=4,depth=2", (3, 8, 8), 3, Rng(0)).trainable()
    images = torch.randn(2, 3, 8, 8, generator=Rng(1).torch()).requires_grad_()
    loss = nn.functional.cross_entropy(network(images).logits, torch.tensor([0, 1]))
    gradients = torch.autograd.grad(loss, list(network.parameters.values()), create_graph=True)
    (second,) = torch.autograd.grad(sum(g.square().sum() for g in gradients), images)
    assert second.isfinite().all()
    assert second.abs().max() > 1e-4


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("convnet:depth=6", r"depth=6 .* 32x32 pixels: choose 1 to 5"),
        ("convnet:depth=0", "choose 1 to 5"),
        ("convnet:width=6,norm=group", "4 groups of channels, which 6"),
    ],
)
def test_refuses_what_cannot_be_built(name: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        drawn(name, (3, 32, 32), 10, Rng(0))


@pytest.mark.parametrize("field", ["norm=instanse", "activation=rellu", "pooling=averge"])
def test_suggests_the_nearest_option(field: str) -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean '(instance|relu|average)'"):
        drawn(f"convnet:{field}", (3, 32, 32), 10, Rng(0))


def test_depth_without_pooling_is_free() -> None:
    network = drawn("convnet:depth=4,pooling=none,width=2", (3, 8, 8), 10, Rng(0))
    assert network.parameters["classifier.weight"].shape == (10, 2 * 8 * 8)


def test_the_common_layer_of_frepos_dcconv() -> None:
    """FRePo's DCConv is a ConvNet without convolution biases and with a smaller eps."""
    arrays = golden("images/frepo_nets")
    module = convnet((3, 16, 16), 5, width=4, depth=3).double()
    prefix = "dcconv_instance_rgb.params."
    for index, block in enumerate(module.blocks):
        nn.init.zeros_(block.conv.bias)
        block.norm.eps = 1e-6
        block.conv.weight.data = arrays[f"{prefix}Conv_{index}.kernel"].permute(3, 2, 0, 1)
        block.norm.weight.data = arrays[f"{prefix}GroupNorm_{index}.scale"]
        block.norm.bias.data = arrays[f"{prefix}GroupNorm_{index}.bias"]
    output = module(arrays["dcconv_instance_rgb.x_nhwc"].permute(0, 3, 1, 2))
    features = output.embedding.view(-1, 4, 2, 2).permute(0, 2, 3, 1).flatten(1)
    close(features, arrays["dcconv_instance_rgb.feat"], 1e-10)
