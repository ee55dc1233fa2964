"""Recorded measurements of the performance suite, a JSON file each, and their page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from condenset.core.errors import DataError
from condenset.report.tables import markdown_table

SPEED_SCHEMA = "condenset.bench/1"
SPEED_HEADS = ("measured", "value", "ratio", "target", "against")
_INTRODUCTION = """# Speed and memory

What `condenset bench --suite full` measured: ours, and its ratio to the plain algorithm or to the machine's ceiling,
both timed in the same run. ✓ and ✗ say whether the target is met.

The convolutional tangent kernel is arithmetic of single numbers, with no product of matrices in it. On a core of the
machine below, 40 % of a large product's rate leaves 0.73 ns for an entry of a layer; a division and a root take 0.48 ns
in registers, the arc-cosine 0.45 ns more even as eight products and another root, so that 40 % are out of reach. It
takes 6.6 ns, of which PyTorch's arc-cosine is 1.7 and the sums over neighbours 1.5. Compiled, with an arc-cosine of its
own, it reached 15 %, after 12 to 40 s of compiling for every shape of images, which is not done.

The share of the forward pass in bfloat16 depends on the hour: it is 0.6 where this processor's products run at 0.7
TFLOP/s and 0.4 where they run at 1.9, since what is not a product waits for memory.
"""


def write_speed(path: Path, machine: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Record a measurement's rows. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"schema": SPEED_SCHEMA, "machine": dict(machine), "rows": list(rows)}
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")


def speed_page(folder: Path) -> str:
    """All measurements recorded in a folder, by machine. Raises `DataError` for a file that is no such record."""
    by_machine: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf8"))
            by_machine.setdefault(", ".join(record["machine"].values()), []).extend(record["rows"])
        except (ValueError, KeyError, AttributeError) as error:
            raise DataError(f"{path} is no record of `condenset bench`: measure again with --into {folder}") from error
    tables = [
        f"## {machine}\n\n{markdown_table(SPEED_HEADS, [speed_cells(row) for row in rows], SPEED_HEADS[1:4])}"
        for machine, rows in by_machine.items()
    ]
    return "\n".join([_INTRODUCTION, *tables])


def speed_cells(row: Mapping[str, Any]) -> list[str]:
    """A row's record in the columns of `SPEED_HEADS`."""
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    target = "" if row["target"] is None else f"{row['target']} {'✓' if row['met'] else '✗'}"
    return [row["name"], f"{row['value']:.3g} {row['unit']}", ratio, target, row["against"]]
