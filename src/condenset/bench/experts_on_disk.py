"""What experts take on disk against the papers' files: float32 snapshots of every epoch of a training of 50 epochs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from condenset.assets.experts import Experts, ExpertStore
from condenset.bench.images import grey_images
from condenset.bench.measurement import BenchRow, Measurement
from condenset.core.rng import Rng
from condenset.sources.expert import Expert

_PAPERS_SNAPSHOTS = 51  # the drawn network and 50 epochs


def measure() -> Iterator[BenchRow]:
    """One expert of MTT's default recipe, trained on a few images: its size does not depend on them."""
    task = grey_images(per_class=10)
    parameters = sum(p.numel() for p in task.network(None, Rng(0)).parameters.values())
    store = ExpertStore(Experts(), task, None, Expert().kept)
    with tempfile.TemporaryDirectory() as folder:
        store.folder = Path(folder)
        store.train(0)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.safetensors"))
    plain = _PAPERS_SNAPSHOTS * 4 * parameters
    against = f"{_PAPERS_SNAPSHOTS} snapshots, {plain / 1e6:.1f} MB"
    yield BenchRow("an expert on disk", size / 1e6, "MB", size / plain, against, ("at most", 0.1))


MEASUREMENT = Measurement("quick", measure)
