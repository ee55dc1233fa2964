"""Tables that do not fit into memory: many Parquet files, encoded to disk in passes over their rows.

The first pass reads the target, the second summarises the columns, the third encodes. Split, columns, target and
fingerprint are those that the same rows have in memory; moments agree up to rounding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.groups import Groups
from condenset.core.rng import Rng
from condenset.tasks.columns.column import Column, encode_frame, from_fields, matrix_width, to_fields
from condenset.tasks.columns.inference import Chosen, Summary, choose_columns, summarise
from condenset.tasks.columns.rules import Rules
from condenset.tasks.footprint import bytes_on_disk, share
from condenset.tasks.labelled.assembly import Asked, LabelledData, described, test_opener
from condenset.tasks.labelled.split import split_rows
from condenset.tasks.labelled.target_code import code_from, code_target
from condenset.tasks.reading.parquet import parquet_frames
from condenset.tasks.reading.shards import readable, stamp
from condenset.tasks.reading.table_file import check_finite, joint_digest
from condenset.tasks.recognised import drawn
from condenset.tasks.store import Records, Store, arranged, kept_store, write_records
from condenset.tasks.streamed import StreamedView
from condenset.tasks.tabular.assembly import Rows, check_request, check_rows, reading_of
from condenset.tasks.tabular.shards import ShardedTable
from condenset.tasks.task import Task

_PART = 65536  # rows that are read at a time


def stream(table: ShardedTable, seed: int, test_fraction: float, drop: Sequence[str], source: dict[str, Any]) -> Task:
    """The task of a table on disk. Arguments and errors are those of `assemble`."""
    check_request(table.names, table.target, test_fraction, drop)
    fraction = test_fraction if table.test is None else 0.0
    request = (table.target, table.kind, seed, fraction, sorted(drop), table.skip)
    store = kept_store(
        stamp(table.files, "table", *request), lambda folder: _write(folder, table, seed, fraction, drop)
    )
    card, code = store.card, code_from(store.card["target"])
    chosen = Chosen(from_fields(card["columns"]), card["dropped"], tuple(card.get("identifiers", ())))

    batch_of = partial(_of_records, groups=code.groups)
    train = StreamedView(store, torch.tensor(store.card["counts"]), store.card["scale"], batch_of)
    reading = reading_of(chosen, code, Rules())
    test = None if table.test is None else Rows(table.test, table.target)
    files = share(bytes_on_disk(table.files), len(train), len(store))
    data = LabelledData(table.name, None, card["sha256"], test, files=files, why=table.why)
    if fraction:
        held_out: Callable[[], Batch] = partial(_rest, store, len(train), code.groups)
        data = replace(data, tested=drawn(len(store) - len(train), fraction, seed, "rows"))
    else:
        if test is not None:
            check_rows(test.frame, chosen.columns, code.name, "test")
        data = data.split(Asked(seed, fraction), "rows")
        held_out = test_opener(data, reading, code, "rows")
    return described("tabular", data, code, reading, train, held_out, source)


def _of_records(records: Records, groups: Groups) -> Batch:
    targets = torch.from_numpy(records["target"].copy())
    inputs = torch.from_numpy(records["inputs"].copy())
    return Batch(inputs, targets, groups.of(targets), torch.ones(len(records)))


def _rest(store: Store, first: int, groups: Groups) -> Batch:
    return _of_records(store.rest(first), groups)


def _write(folder: Path, table: ShardedTable, seed: int, fraction: float, drop: Sequence[str]) -> dict[str, Any]:
    shards = list(readable(table.files, lambda file: _targets(file, table), table.skip))
    if not shards:
        raise DataError(f"none of the {len(table.files)} shards of {table.name} can be read")
    files, targets = [file for file, _ in shards], pd.concat([series for _, series in shards], ignore_index=True)
    held_out = np.zeros(len(targets), dtype=bool)
    if fraction:
        held_out[split_rows(targets, table.kind, seed, fraction)[1]] = True
    code = code_target(targets[~held_out], table.kind)
    features = [name for name in table.names if name != table.target and name not in drop]
    chosen = choose_columns(_summarised(_frames(files, features), held_out)).without(drop)
    columns = chosen.columns
    values = code.encode(targets)
    groups = code.groups.of(values).numpy()
    writing = _Writing(columns, values, held_out)
    positions = arranged(np.where(held_out, len(code.groups), groups), Rng(seed).child("order"))
    write_records(folder, writing.dtype, positions, writing.records(_frames(files, features)))
    return {
        "columns": to_fields(columns),
        "dropped": chosen.dropped,
        "identifiers": list(chosen.identifiers),
        "target": code.record(),
        "counts": np.bincount(groups[~held_out], minlength=len(code.groups)).tolist(),
        "scale": float(np.sqrt(writing.squares / ((~held_out).sum() * matrix_width(columns)))),
        "sha256": joint_digest([_file_hash(file) for file in files]),
    }


def _targets(file: Path, table: ShardedTable) -> pd.Series:
    """The target of a shard's rows. Where broken shards are left out, all columns are read to find them."""
    wanted = table.names if table.skip else [table.target]
    targets = [frame[table.target] for frame in _frames([file], wanted)]
    if not targets:
        raise DataError(f"{file} has 0 rows: expected at least one")
    return pd.concat(targets, ignore_index=True)


def _frames(files: Iterable[Path], names: Sequence[str]) -> Iterator[pd.DataFrame]:
    for file in files:
        yield from parquet_frames(file, names, _PART)


def _summarised(frames: Iterable[pd.DataFrame], held_out: Bool[np.ndarray, " n"]) -> dict[str, Summary]:
    summaries: dict[str, Summary] = {}
    first = 0
    for frame in frames:
        check_finite(frame, "the rows")
        for name, summary in summarise(frame[~held_out[first : first + len(frame)]]).items():
            summaries[name] = summaries[name].merge(summary) if name in summaries else summary
        first += len(frame)
    return summaries


class _Writing:
    """The last pass: records, and the sum of squares of the training inputs on the way."""

    def __init__(self, columns: Sequence[Column], targets: Tensor, held_out: Bool[np.ndarray, " n"]) -> None:
        self._columns, self._targets, self._held_out = columns, targets.numpy(), held_out
        target = ("target", self._targets.dtype, self._targets.shape[1:])
        self.dtype = np.dtype([("inputs", np.float32, (matrix_width(columns),)), target, ("row", np.int64)])
        self.squares = 0.0

    def records(self, frames: Iterable[pd.DataFrame]) -> Iterator[Records]:
        first = 0
        for frame in frames:
            rows = np.arange(first, first + len(frame))
            records = np.empty(len(frame), self.dtype)
            records["inputs"], records["row"] = encode_frame(frame, self._columns), rows
            records["target"] = self._targets[rows]
            self.squares += float(np.square(records["inputs"][~self._held_out[rows]], dtype=np.float64).sum())
            yield records
            first += len(frame)


def _file_hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
