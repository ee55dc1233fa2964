"""Vectors of texts: what learnt sets store where the data are texts."""

from __future__ import annotations

import pytest
import torch

import condenset
from condenset.codecs.text_vectors import TextVectors
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.tasks.image import open_images
from tests.tasks.text import example


def test_it_stores_the_vectors_alone() -> None:
    task = example.task()
    some = task.train.draw(4, Rng(0)).inputs
    codec = TextVectors.encode(some, task)
    assert torch.equal(codec().vectors(), some.vector) and not codec().readable
    assert codec.data.nbytes == 4 * TextVectors.item_bytes(task.input_spec)
    assert torch.equal(codec(torch.tensor([2])).vectors(), some.vector[2:3])
    with pytest.raises(RequestError, match="choose raw"):
        TextVectors.encode(torch.zeros(2, 3), open_images("digits"))


def test_what_is_learnt_is_stored_so_and_what_is_chosen_is_not() -> None:
    task = example.task()
    learnt = condenset.distill(task, "kip", size=Size(per_class=1), changes={"steps": 3})
    assert isinstance(learnt.codec, TextVectors)
    frame = learnt.to_pandas()
    assert list(frame.columns[:2]) == ["v0", "v1"] and "text" not in frame
    assert condenset.distill(task, "random", size=Size(per_class=1)).decode().inputs.readable
