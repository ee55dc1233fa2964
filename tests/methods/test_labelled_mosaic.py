"""Labelled mosaic: more in the same bytes than pictures of floats, and labels that know which digits look alike."""

from __future__ import annotations

import condenset
from condenset.core.budget import Size
from condenset.evaluation import evaluate_set
from condenset.evaluation.exam import named_exam
from condenset.tasks.image import open_images

TASK = open_images("digits")


def test_a_set_beats_random_images_of_floats_at_the_same_bytes() -> None:
    changes = {"start.network": "convnet:width=16", "codec": "mosaic:bits=3"}
    made = condenset.distill(TASK, "labelled-mosaic", size=Size(bytes=5000), changes=changes)
    labels = made.decode().targets
    assert len(made) > 150 and made.nbytes().labels == 5 * len(made) + 1
    assert (labels.argmax(1) == made.groups).double().mean() > 0.9 and (labels > 0.01).sum() > 1.1 * len(made)
    graded = evaluate_set(made, TASK, named_exam("quick"), networks=("logistic",), baselines=("random",))
    assert graded.average("distilled") > graded.average("random") + 0.05
