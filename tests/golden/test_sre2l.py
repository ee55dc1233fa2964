"""SRe2L's released losses, their gradients, the clipping of pixels and the falling rate.

`tv_l1`, which the released helper returns too, enters no loss; ours are the terms that do.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from condenset.core.rng import Rng
from condenset.nets.layer_inputs import with_norm_statistics
from condenset.nets.network import Network, Output
from condenset.objectives.inversion import Inversion, distance, total_variation
from condenset.recipe import Optimiser
from condenset.sources.source import Draw
from condenset.tasks.pictures.preprocessing import legal, to_unit
from tests.conftest import close, golden
from tests.examples import normal, set_of, task_of


class Released(nn.Sequential):
    """The vectors' network: two blocks of convolution, normalisation and ReLU, a mean over places, a linear layer."""

    def __init__(self) -> None:
        """Without data."""
        blocks = [nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()]
        blocks += [nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU()]
        super().__init__(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))

    def forward(self, images: Tensor) -> Output:
        """Logits; what else an output has is not asked for."""
        logits = super().forward(images)
        return Output(logits, logits)


def network(arrays: dict[str, Tensor]) -> Network:
    values = {name.removeprefix("sd."): value for name, value in arrays.items() if name.startswith("sd.")}
    module = Released().eval()
    return Network(
        module.to("meta"),
        {name: values[name] for name, _ in module.named_parameters()},
        {name: values.get(name, torch.zeros((), dtype=torch.int64)) for name, _ in module.named_buffers()},
    )


@pytest.mark.parametrize("variation, length, weight", [(0.0, 0.0, 0.01), (0.0001, 1e-05, 1.0)])
@pytest.mark.parametrize("first", [10, 1])
def test_losses_and_gradient(first: int, variation: float, length: float, weight: float) -> None:
    arrays = golden("images/sre2l")
    words = [f"{number:.5f}".rstrip("0").rstrip(".") for number in (weight, variation)] + [f"{length:g}"]
    name = f"fm{first}.rbn{words[0]}.tv{words[1]}.l2{words[2]}"
    images = arrays["x"].clone().requires_grad_()
    task = task_of(normal(5, 3, 12, 12), torch.arange(5), 5)
    running = Inversion(weight, float(first), variation, length).begin(task)
    synthetic = set_of(images, arrays["labels"])
    terms = running.terms(synthetic, Draw(network(arrays)), Rng(0))
    close(terms["classification"], arrays[f"{name}.loss_ce"], 1e-8)
    close(terms["statistics"] / weight, arrays[f"{name}.loss_bn"], 1e-8)
    total = torch.stack(list(terms.values())).sum()
    close(total - terms["classification"], arrays[f"{name}.loss_aux"], 1e-8)
    close(total, arrays[f"{name}.loss"], 1e-8)
    total.backward()
    (pixels,) = synthetic.parameter_groups()["data"]
    close(pixels.grad, arrays[f"{name}.grad_x"], 1e-7)


def test_every_normalisation_and_the_total_variation() -> None:
    arrays = golden("images/sre2l")
    _, layers = with_norm_statistics(network(arrays), arrays["x"])
    for number, layer in enumerate(layers):
        close(distance([layer], 1.0), arrays[f"bn_layer.{number}"], 1e-8)
    assert len(layers) == 2
    close(total_variation(arrays["x"]), arrays["tv_l2"], 1e-8)


def test_pixels_are_put_back_between_black_and_white() -> None:
    arrays = golden("images/sre2l")
    record = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    close(legal(arrays["clip.in"], record), arrays["clip.out"], 1e-6)
    close(to_unit(arrays["x"], record).clamp(0, 1), arrays["denormalize.out"], 1e-6)


def test_the_rate_falls_as_a_cosine() -> None:
    expected = golden("images/sre2l")["cosine_lr.base0.25.of100.every10"]
    found = [Optimiser("adam", rate=0.25, final=0.0).rate_at(step, 100) for step in range(0, 101, 10)]
    close(torch.tensor(found[: len(expected)], dtype=torch.float64), expected, 1e-8)
