from __future__ import annotations

import pytest
import torch

from condenset.codecs.raw import Raw
from condenset.core.errors import ArtifactError
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.tasks.image import open_images


@pytest.mark.parametrize("shape", [(4, 3, 8, 8), (5, 7)])
def test_it_stores_and_returns_examples(shape: tuple[int, ...]) -> None:
    data = torch.rand(shape, generator=Rng(0).torch())
    codec = Raw.encode(data, open_images("digits"))
    assert torch.equal(codec(), data)
    assert codec.fields() == {"input_shape": list(shape[1:])}
    again = CODECS.get("raw").restore(codec.fields(), codec.state_dict())
    assert torch.equal(again(), data)


def test_learning_does_not_touch_the_examples_it_began_with() -> None:
    data = torch.ones(2, 3)
    codec = Raw(data)
    codec().square().sum().backward()
    (parameter,) = codec.parameter_groups()["data"]
    assert torch.equal(parameter.grad, torch.full((2, 3), 2.0))  # type: ignore[arg-type]
    with torch.no_grad():
        parameter.zero_()
    assert torch.equal(data, torch.ones(2, 3))


@pytest.mark.parametrize(
    "tensors",
    [{}, {"other": torch.ones(2, 3)}, {"data": torch.ones(2, 3, 1)}, {"data": torch.ones(2, 3).int()}],
)
def test_tensors_that_do_not_fit_are_refused(tensors: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ArtifactError, match="data"):
        Raw.restore({"input_shape": [3]}, tensors)
