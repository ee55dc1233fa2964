"""LPLD on the handwritten digits: class by class, with a pool of stored labels under which it is to be graded."""

from __future__ import annotations

import pytest
import torch

from condenset.evaluation.exam import named_exam
from condenset.finishes.label_views import LabelViews
from condenset.recipe import recipe_for
from tests.examples import digits
from tests.methods.recovering import recovered


def test_statistics_are_of_every_class_and_labels_are_as_its_exam_reads_them() -> None:
    recipe = recipe_for("lpld", digits(), torch.full((10,), 3), {})
    (finish,) = recipe.finish
    exam = named_exam(recipe.contract.exam)
    assert (recipe.objective.by_group, recipe.objective.classes) == (1.0, 5)
    assert isinstance(finish, LabelViews)
    assert (exam.labels, exam.views) == ("views", finish.views)
    assert exam.training.augmentation == finish.augmentation and exam.training.cutmix == 0


@pytest.mark.slow
def test_noise_becomes_what_the_network_knows() -> None:
    """As any exam reads it, that knows no views."""
    begun, ended = recovered("lpld", {"steps": 300})
    assert ended > begun + 0.2
