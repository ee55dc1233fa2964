"""Spectra: how strong a sample shines in each of a few colours, as rows of numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from condenset.tasks.contender import Contender
from condenset.tasks.tabular import MODALITY as TABLES
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Modality, Task

_COLOURS = 6


def open_spectra(source: str) -> Task:
    """Two kinds of lamps, which differ in one colour."""
    random = np.random.default_rng(0)
    lamps = np.arange(120) % 2
    strengths = random.normal(size=(120, _COLOURS))
    strengths[:, 2] += 4 * lamps
    task = table_from_arrays(strengths, lamps, kind="classification", test_fraction=0.2, name=source)
    return replace(task, modality=MODALITY, source={"source": source})


def recognise(path: Path) -> bool:
    """Whether it is a file of a spectrometer."""
    return path.suffix == ".spectrum"


MODALITY = Modality(
    name="spectra",
    network="mlp",
    kernel="ntk",
    codec="table-row",
    exam="tabular",
    learners=("logistic",),
    datasets={"lamps": "120 lamps of two kinds, 6 colours; made here"},
    open=open_spectra,
    recognise=recognise,
    represent=TABLES.represent,
    preview=TABLES.preview,
    items="lamps",
    offers=("features", "columns", "classes", "independent", "differentiable", "kernel"),
    contenders=(Contender("dm", {"steps": 3, "start": "herding"}),),
    files=("files of a spectrometer",),
)
