"""Tables for other tools: rows in their original types."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from condenset.tasks.columns.column import from_fields
from condenset.tasks.columns.keeping import decode_rows
from condenset.tasks.columns.rules import rules_from
from condenset.tasks.exporting import Exported
from condenset.tasks.labelled.target_code import raw_targets
from condenset.tasks.reading import csv_file


def write_csv(exported: Exported, out: Path) -> None:
    """A CSV file."""
    csv_file.write_csv(table(exported), out)


def write_parquet(exported: Exported, out: Path) -> None:
    """A Parquet file."""
    table(exported).to_parquet(out, index=False)


def table(exported: Exported) -> pd.DataFrame:
    """The rows in their original types, the target's column last, then one of each class where labels are soft."""
    batch, preprocessing = exported.batch, exported.preprocessing
    columns = from_fields(preprocessing["columns"])
    frame = decode_rows(batch.inputs.numpy(), columns, rules_from(exported.constraints, columns))
    target = raw_targets(batch.targets, preprocessing["target"])
    soft = pd.DataFrame(dict(exported.target.columns(batch.targets)), index=frame.index)
    return pd.concat([frame, target, soft], axis=1)
