"""FRePo's ConvNet against the released network's outputs."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from condenset.core.rng import Rng
from condenset.nets.frepo_convnet import frepo_convnet
from tests.conftest import close, golden
from tests.networks import drawn

NAMES = {"kernel": "weight", "scale": "weight", "bias": "bias", "mean": "running_mean", "var": "running_var"}


def released(arrays: dict[str, Tensor], prefix: str, side: int) -> dict[str, Tensor]:
    """Released flax parameters under our names and in our axis order."""
    found = {}
    for key, value in arrays.items():
        if not key.startswith((f"{prefix}.params.", f"{prefix}.batch_stats.")):
            continue
        layer, field = key.split(".")[-2:]
        kind, index = layer.split("_")
        if kind == "Conv":
            place = f"blocks.{index}.conv"
            value = value.permute(3, 2, 0, 1) if field == "kernel" else value
        elif kind == "Dense":
            place = "classifier"
            if field == "kernel":
                value = value.view(side, side, -1, value.shape[1]).permute(3, 2, 0, 1).flatten(1)
        else:
            place = f"blocks.{int(index) + 1}.norm"
        found[f"{place}.{NAMES[field]}"] = value
    return found


def load(arrays: dict[str, Tensor], prefix: str, shape: tuple[int, ...], norm: str) -> nn.Module:
    """Our network with the released parameters, in float64."""
    module = frepo_convnet(shape, 5, width=4, norm=norm, depth=3).double()
    missing, unexpected = module.load_state_dict(released(arrays, prefix, 4 if shape[0] == 1 else 2), strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing)
    return module


@pytest.mark.parametrize(
    ("prefix", "shape", "norm"),
    [
        ("conv_identity_rgb", (3, 16, 16), "none"),
        ("conv_batch_rgb", (3, 16, 16), "batch"),
        ("conv_instance_rgb", (3, 16, 16), "instance"),
        ("conv_identity_grey28", (1, 28, 28), "none"),
    ],
)
def test_released_network(prefix: str, shape: tuple[int, ...], norm: str) -> None:
    arrays = golden("images/frepo_nets")
    module = load(arrays, prefix, shape, norm).eval()
    output = module(arrays[f"{prefix}.x_nhwc"].permute(0, 3, 1, 2))
    side = 4 if shape[0] == 1 else 2
    features = output.embedding.view(-1, 16, side, side).permute(0, 2, 3, 1).flatten(1)
    close(features, arrays[f"{prefix}.feat"], 1e-8)
    close(output.logits, arrays[f"{prefix}.logits"], 1e-8)


def test_batch_statistics_in_training_mode() -> None:
    """The running variance there is of the biased kind; ours is PyTorch's, n/(n-1) times the batch's part."""
    arrays = golden("images/frepo_nets")
    module = load(arrays, "conv_batch_rgb", (3, 16, 16), "batch")
    before = {k: v.clone() for k, v in module.named_buffers()}
    output = module(arrays["conv_batch_rgb.x_nhwc"].permute(0, 3, 1, 2))
    close(output.logits, arrays["conv_batch_rgb.train.logits"], 1e-8)
    for index, count in ((0, 3 * 8 * 8), (1, 3 * 4 * 4)):
        place, after = f"blocks.{index + 1}.norm", f"conv_batch_rgb.train_after.batch_stats.BatchNorm_{index}"
        norm = module.get_submodule(place)
        close(norm.running_mean, arrays[f"{after}.mean"], 1e-6)
        old = 0.1 * before[f"{place}.running_var"]
        close(old + (norm.running_var - old) * (count - 1) / count, arrays[f"{after}.var"], 1e-6)


def test_the_exam_student_is_wide_and_without_normalisation() -> None:
    network = drawn("frepo-convnet", (3, 32, 32), 10, Rng(0))
    widths = [network.parameters[f"blocks.{i}.conv.weight"].shape[0] for i in range(3)]
    assert widths == [128, 256, 512]
    assert not any("norm" in name for name in network.parameters)
    output = network(torch.zeros(1, 3, 32, 32))
    assert output.embedding.shape == (1, 512 * 4 * 4)
    assert len(output.layers) == 3


def test_weights_begin_as_in_the_released_code() -> None:
    """Variance 1 / fan in, no biases; a hundred thousand weights tell it to a percent."""
    network = drawn("frepo-convnet:width=64,depth=3", (1, 28, 28), 10, Rng(0))
    weight, bias = (network.parameters[f"blocks.2.conv.{name}"] for name in ("weight", "bias"))
    assert float(weight.var() * weight[0].numel()) == pytest.approx(1.0, abs=0.02)
    assert not bias.any()
