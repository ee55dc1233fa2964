"""Labels of views as they are stored: read back, meant for whoever knows no views, and refused where altered."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from condenset.core.errors import ArtifactError
from condenset.labels.views import OfViews
from condenset.learners.views import Views
from tests.conftest import close
from tests.examples import digits, normal

VIEWS = Views(normal(4, 3, 10).half(), normal(4, 3, 5), 'DSA {"mode": "each", "name": "é"}')
LABELS = OfViews(VIEWS)


def test_they_are_read_back() -> None:
    back = OfViews.restore({k: v.clone() for k, v in LABELS.state_dict().items()}, digits().target).views
    assert torch.equal(back.said, VIEWS.said) and torch.equal(back.draws, VIEWS.draws)
    assert back.made_by == VIEWS.made_by


def test_for_others_they_are_the_mean_of_the_views() -> None:
    expected = torch.stack([VIEWS.said[:, view].float().softmax(1) for view in range(3)]).mean(0)
    close(LABELS(), expected, 1e-6)


def test_before_a_teacher_spoke_they_are_the_classes() -> None:
    begun = OfViews.encode(torch.tensor([3, 0]), digits().target)
    assert begun().argmax(1).tolist() == [3, 0] and begun().max(1).values.min() > 0.999
    assert begun.views.made_by == ""
    assert OfViews.item_bytes(digits().target) == (begun.said.nbytes + begun.draws.nbytes) // 2


@pytest.mark.parametrize(
    "change",
    [
        {"said": None},
        {"words": None},
        {"said": normal(4, 2, 10).half()},
        {"said": normal(4, 10).half()},
        {"draws": torch.zeros(4, 3, 5, dtype=torch.int64)},
        {"words": torch.zeros(3, dtype=torch.int64)},
        {"words": torch.zeros(2, 2, dtype=torch.uint8)},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    tensors = {k: v for k, v in {**LABELS.state_dict(), **change}.items() if v is not None}
    with pytest.raises(ArtifactError):
        OfViews.restore(tensors, digits().target)
