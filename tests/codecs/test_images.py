"""What codecs of images refuse: other examples, other specs, and cards that say impossible shapes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf


def test_images_pass() -> None:
    images = torch.zeros(2, 3, 4, 5)
    assert expect_images(images, "palette") is images
    assert image_shape(Leaf((3, 4, 5)), "palette") == (3, 4, 5)
    assert stored_shape({"input_shape": [3, 4, 5]}) == (3, 4, 5)


@pytest.mark.parametrize("inputs", [torch.zeros(4, 8), {"x": torch.zeros(2, 3, 4, 5)}])
def test_other_examples_are_refused(inputs: Any) -> None:
    with pytest.raises(RequestError, match=r"palette stores images .*: use codec raw here"):
        expect_images(inputs, "palette")


@pytest.mark.parametrize("spec", [Leaf((8,)), {"x": Leaf((3, 4, 5))}])
def test_other_specs_are_refused(spec: Any) -> None:
    with pytest.raises(RequestError, match=r"palette stores images .*: use codec raw here"):
        image_shape(spec, "palette")


@pytest.mark.parametrize("shape", [None, 8, [8, 8], [1, 0, 8], [1, 8, "8"], [True, 8, 8], [1, 8, 8.0]])
def test_impossible_shapes_are_refused(shape: Any) -> None:
    with pytest.raises(ArtifactError, match=r"input_shape .* is impossible"):
        stored_shape({"input_shape": shape})
