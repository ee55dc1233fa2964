"""The picture of vectors has a row for each, of at most twenty."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from condenset.core.batch import Batch
from condenset.tasks.image_vectors.preview import draw_preview
from tests.conformance.examples import task


def test_more_vectors_make_a_higher_picture_up_to_twenty(tmp_path: Path) -> None:
    data, heights = task("image_vectors"), []
    every: Batch = data.train.all()
    for count in (2, 20, 40):
        draw_preview(data, every.select(every.examples()[:count]), tmp_path / f"{count}.png")
        with Image.open(tmp_path / f"{count}.png") as picture:
            heights.append(picture.height)
    assert heights[0] < heights[1] == heights[2]
