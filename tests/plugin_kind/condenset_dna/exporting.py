"""DNA for other tools: as FASTA and as a table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from condenset.core.structure import numbers
from condenset.tasks.exporting import Exported, target_columns
from condenset_dna.nucleotides import BASES


def table(exported: Exported) -> pd.DataFrame:
    """A row for every sequence: its bases, its label, and soft labels beside it."""
    places = numbers(exported.batch.inputs).argmax(1).tolist()
    texts = ["".join(BASES[base] for base in row) for row in places]
    return pd.DataFrame({"sequence": texts, **target_columns(exported)})


def write_fasta(exported: Exported, out: Path) -> None:
    """A FASTA file that opens again: headers end in the label; of soft labels it is the likeliest class."""
    records = table(exported)[["sequence", "label"]].itertuples(index=False)
    out.write_text("".join(f">{label} {label}\n{bases}\n" for bases, label in records), encoding="ascii")
