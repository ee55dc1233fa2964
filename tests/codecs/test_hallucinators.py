"""Hallucinators: decoding against SciPy's correlations, the paper's count of numbers, their start, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d, correlate2d

from condenset.codecs.hallucinators import Hallucinators, reach
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images

TASK = open_images("digits")


def normal(*shape: int, name: str = "x") -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).child(name).torch())


def made(*shape: int, count: int = 3) -> Hallucinators:
    begun = Hallucinators.encode(normal(*shape), TASK, count)
    times = reach(*shape)
    return Hallucinators(
        begun.data, {name: times * normal(*part.shape, name=name) for name, part in begun.shared.items()}, shape[0]
    )


def test_an_image_is_a_base_seen_by_a_hallucinator() -> None:
    codec = made(2, 2, 5, 6)
    decoded = codec().detach().unflatten(0, (2, 3)).numpy()
    shared = {name: part[0].detach().double().numpy() / reach(2, 2, 5, 6) for name, part in codec.shared.items()}
    for item, style in np.ndindex(2, 3):
        base, inside = codec.data[item].detach().double().numpy(), np.zeros((2, 3, 4))
        for out, channel in np.ndindex(2, 2):
            inside[out] += correlate2d(base[channel], shared["enc_kernels"][style, out, channel], mode="valid")
        inside += shared["enc_biases"][style, :, None, None]
        inside = inside * shared["maps"][style, 0] + shared["maps"][style, 1]
        expected = np.zeros((2, 5, 6)) + shared["dec_biases"][style, :, None, None]
        for channel, out in np.ndindex(2, 2):
            expected[out] += convolve2d(inside[channel], shared["dec_kernels"][style, channel, out])
        np.testing.assert_allclose(decoded[item, style], expected, atol=1e-3)
    assert codec.origin().tolist() == [0, 0, 0, 1, 1, 1]


def test_numbers_are_those_of_the_paper() -> None:
    """5568 numbers a hallucinator of 32 x 32 images of three channels."""
    assert Hallucinators.shared_bytes(Leaf((3, 32, 32)), 5) == 4 * 5 * 5568
    assert Hallucinators.item_bytes(Leaf((3, 32, 32)), 5) == 4 * 3072


def test_images_begin_inside_nearly_as_the_base_and_no_two_alike() -> None:
    bases = normal(4, 3, 8, 8)
    seen = Hallucinators.encode(bases, TASK, 4)().detach().unflatten(0, (4, 4))
    inside = seen[..., 2:-2, 2:-2] - bases[:, None, :, 2:-2, 2:-2]
    assert inside.std() < 0.7 * bases.std()
    for one in range(3):
        assert (seen[:, one] - seen[:, one + 1]).std() > 0.1


def test_bases_and_hallucinators_learn_at_one_rate() -> None:
    codec = Hallucinators.encode(normal(6, 1, 8, 8), TASK, 2)
    goal = normal(12, 1, 8, 8, name="goal")
    optimiser = torch.optim.SGD(codec.parameter_groups()["data"], lr=0.1)
    begun, losses = codec.shared["enc_kernels"].detach().clone(), []
    for _ in range(100):
        optimiser.zero_grad()
        loss = 0.5 * (codec() - goal).square().sum()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0] and max(losses) <= 1.5 * losses[0]
    moved = (codec.shared["enc_kernels"].detach() - begun).norm() / begun.norm()
    assert 1e-3 < moved < 1


def test_it_is_restored_exactly_from_what_it_stores() -> None:
    codec = made(2, 2, 5, 6)
    again = Hallucinators.restore(codec.fields(), codec.state_dict())
    assert torch.equal(again(), codec())
    assert torch.allclose(again(torch.tensor([4, 1])), codec()[[4, 1]], atol=1e-5)


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="seen by 0 hallucinators"):
        Hallucinators.encode(normal(2, 1, 8, 8), TASK, 0)
    with pytest.raises(RequestError, match="2 x 8 are too small"):
        Hallucinators.encode(normal(2, 1, 2, 8), TASK)
    with pytest.raises(RequestError, match="use codec raw"):
        Hallucinators.encode(normal(4, 8), TASK)


@pytest.mark.parametrize(
    "change",
    [
        {"data": normal(2, 2, 5, 7)},
        {"data": normal(2, 1, 5, 6)},
        {"data": normal(2, 2, 2, 6)},
        {"shared.enc_biases": normal(1, 2, 2)},
        {"shared.maps": normal(1, 3, 2, 2, 3, 3)},
        {"shared.dec_kernels": normal(3, 2, 2, 3, 3)},
    ],
)
def test_tensors_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArtifactError):
        Hallucinators.restore(made(2, 2, 5, 6).fields(), made(2, 2, 5, 6).state_dict() | change)


def test_a_missing_tensor_is_refused() -> None:
    tensors = made(2, 2, 5, 6).state_dict()
    del tensors["shared.maps"]
    with pytest.raises(ArtifactError, match=r"'shared.maps' is missing"):
        Hallucinators.restore({"learnt_with": 2}, tensors)
    with pytest.raises(ArtifactError, match="learnt_with 0 of images is impossible"):
        Hallucinators.restore({"learnt_with": 0}, made(2, 2, 5, 6).state_dict())
