"""Sets of texts for other tools, and as a table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from condenset.core.batch import Batch
from condenset.core.texts import Texts
from condenset.tasks.exporting import Exported
from condenset.tasks.text import MODALITY
from condenset.tasks.text.exporting import table, write_npz
from tests.tasks.text import example

TASK = example.task()


def exported(batch: Batch) -> Exported:
    return Exported(batch, TASK.name, TASK.target, TASK.groups.names, TASK.preprocessing, None, "a card")


def some() -> Batch:
    return TASK.train.select(torch.arange(4))


def test_texts_and_labels_are_as_they_were_written(tmp_path: Path) -> None:
    frame = table(exported(some()))
    known = dict(zip(*example.reviews(), strict=True))
    assert list(frame) == ["text", "label"]
    assert [known[text] for text in frame["text"]] == frame["label"].tolist()
    for kind, read in (
        ("csv", pd.read_csv),
        ("parquet", pd.read_parquet),
        ("jsonl", lambda path: pd.read_json(path, lines=True)),
    ):
        MODALITY.exporters[kind](exported(some()), tmp_path / f"a.{kind}")
        assert read(tmp_path / f"a.{kind}").to_numpy().tolist() == frame.to_numpy().tolist()
    assert json.loads((tmp_path / "a.jsonl").read_text().splitlines()[0])["label"] in known.values()


def test_soft_labels_are_columns_and_vectors_alone_are_numbers() -> None:
    batch = some()
    soft = Batch(batch.inputs, TASK.target.matrix(batch.targets) * 0.8 + 0.1, batch.groups, batch.weight)
    assert list(table(exported(soft))) == ["text", "label", "soft_bad", "soft_good"]
    alone = Batch(Texts.of_vectors(batch.inputs.vector, ()), batch.targets, batch.groups, batch.weight)
    frame = table(exported(alone))
    assert np.array_equal(frame.to_numpy()[:, :-1].astype(np.float32), batch.inputs.vector.numpy())


def test_arrays_and_the_folder_of_the_hub(tmp_path: Path) -> None:
    write_npz(exported(some()), tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["text"].tolist() == some().inputs.strings()
        assert arrays["vector"].shape[0] == arrays["words"].shape[0] == arrays["y"].shape[0] == 4
    MODALITY.exporters["hf"](exported(some()), tmp_path / "hub")
    assert len(pd.read_parquet(tmp_path / "hub" / "data")) == 4
