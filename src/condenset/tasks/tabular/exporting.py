"""Tables for other tools: rows in their original types."""

from __future__ import annotations

import pandas as pd

from condenset.tasks.columns.column import from_fields
from condenset.tasks.columns.keeping import decode_rows
from condenset.tasks.columns.rules import rules_from
from condenset.tasks.exporting import Exported, with_soft
from condenset.tasks.labelled.target_code import raw_targets


def table(exported: Exported) -> pd.DataFrame:
    """The rows in their original types, the target's column last, then one of each class where labels are soft."""
    batch, preprocessing = exported.batch, exported.preprocessing
    columns = from_fields(preprocessing["columns"])
    frame = decode_rows(batch.inputs.numpy(), columns, rules_from(exported.constraints, columns))
    return with_soft(exported, frame, raw_targets(batch.targets, preprocessing["target"]))
