"""Trajectory matching (MTT) and its constant-iterate form (TESLA) against the released code's numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from condenset.kernels.derivatives import Derivatives, Loss, Tensors
from condenset.kernels.unroll import BatchOf, unrolled
from tests.conftest import close, golden

Parameters = dict[str, Tensor]


def mlp(p: Parameters, x: Tensor) -> Tensor:
    hidden = functional.relu(functional.linear(x.flatten(1), p["fc_1.weight"], p["fc_1.bias"]))
    return functional.linear(hidden, p["fc_2.weight"], p["fc_2.bias"])


def convnet(p: Parameters, x: Tensor) -> Tensor:
    for conv, norm in (("features.0", "features.1"), ("features.4", "features.5")):
        x = functional.conv2d(x, p[f"{conv}.weight"], p[f"{conv}.bias"], padding=1)
        x = functional.group_norm(x, x.shape[1], p[f"{norm}.weight"], p[f"{norm}.bias"], eps=1e-5)
        x = functional.avg_pool2d(functional.relu(x), 2)
    return functional.linear(x.flatten(1), p["classifier.weight"], p["classifier.bias"])


LAYERS = {
    "mlp": (mlp, ["fc_1", "fc_2"]),
    "convnet": (convnet, ["features.0", "features.1", "features.4", "features.5", "classifier"]),
}


def flat(arrays: dict[str, Tensor], side: str, layers: list[str]) -> tuple[Tensor, dict[str, torch.Size]]:
    """The flat vector of one side and the shapes that it is cut into, in order."""
    names = [f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")]
    tensors = {name: arrays[f"{side}.{name}"] for name in names}
    return torch.cat([t.flatten() for t in tensors.values()]), {name: t.shape for name, t in tensors.items()}


def loss_of(net: Callable[[Parameters, Tensor], Tensor], shapes: dict[str, torch.Size]) -> Loss:
    def loss(theta: Tensor, x: Tensor, y: Tensor) -> Tensor:
        pieces = theta.split([shape.numel() for shape in shapes.values()])
        named = {name: piece.view(shape) for (name, shape), piece in zip(shapes.items(), pieces, strict=True)}
        return functional.cross_entropy(net(named, x), y)

    return loss


def chosen(indices: list[Tensor]) -> BatchOf:
    def batch_of(step: int, leaves: Tensors) -> Tensors:
        return leaves[0][indices[step]], leaves[1][indices[step]]

    return batch_of


@pytest.mark.parametrize(("method", "curvature", "image_factor"), [("mtt", True, 1.0), ("tesla", False, 0.5)])
@pytest.mark.parametrize("prefix", ["n3.b8", "n5.b8", "n5.b3"])
@pytest.mark.parametrize("network", LAYERS)
def test_loss_and_gradients(network: str, prefix: str, method: str, curvature: bool, image_factor: float) -> None:
    """TESLA's release hands its optimiser half the gradient of the images and the whole gradient of the rate."""
    arrays = golden(f"images/mtt_tesla_{network}")
    net, layers = LAYERS[network]
    start, shapes = flat(arrays, "start", layers)
    target, _ = flat(arrays, "target", layers)
    assert torch.equal(start, arrays["flat_start"])
    steps = int(prefix[1])
    derivatives = Derivatives(loss_of(net, shapes))
    batch_of = chosen([arrays[f"{prefix}.indices.step{step}"] for step in range(steps)])
    images, rate = arrays["x_syn"].requires_grad_(), arrays["lr"].requires_grad_()
    leaves = (images, arrays["y_syn"])
    end = unrolled(derivatives, batch_of, start, rate.expand(steps), leaves, curvature=curvature)
    scale = (start - target).square().sum()
    matched = (end - target).square().sum() / scale
    grad_images, grad_rate = torch.autograd.grad(matched, [images, rate])
    close(scale, arrays[f"{prefix}.param_dist_sum"], 1e-12)
    close(end, arrays[f"{prefix}.mtt.final_params"], 1e-10)
    close(matched, arrays[f"{prefix}.{method}.loss"], 1e-10)
    close(image_factor * grad_images, arrays[f"{prefix}.{method}.grad_x"], 1e-9)
    close(grad_rate, arrays[f"{prefix}.{method}.grad_lr"], 1e-9)
