"""What an exporter is given, and the exports that fit any kind of data: exact arrays, and a folder for the Hub."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch, Inputs
from condenset.core.errors import ArtifactError
from condenset.tasks.reading import csv_file
from condenset.tasks.targets.target import Target

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Exported:
    """A set to write for other tools.

    Attributes:
        batch: all decoded examples, its inputs (n, ...), on the CPU.
        name: of the data.
        target: what is predicted.
        groups: names of the groups.
        preprocessing: how raw data became inputs.
        rates: learnt learning rates; None where there are none.
        readme: a dataset card, as the Hub reads it.
        constraints: what holds between the parts of an example.
    """

    batch: Batch
    name: str
    target: Target
    groups: tuple[str, ...]
    preprocessing: Mapping[str, Any]
    rates: Tensor | None
    readme: str
    constraints: Mapping[str, Any] = field(default_factory=dict)


Exporter = Callable[[Exported, Path], None]  # writes a new file or folder at the path
Tabulate = Callable[[Exported], "pd.DataFrame"]


@contextmanager
def described(what: str) -> Iterator[None]:
    """What fails because a card does not describe its examples is said so: as `ArtifactError` that begins with `what`.

    A card may come from anyone, and what preprocessing and constraints mean, only the kind of data knows.
    """
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError, RuntimeError, OverflowError) as error:
        raise ArtifactError(
            f"{what}: what its card says of preprocessing and constraints does not describe its examples "
            f"({type(error).__name__}: {error}); it is altered, fetch it again"
        ) from error


def write_npz(exported: Exported, out: Path, arrays_of: Callable[[Inputs], Mapping[str, Any]] | None = None) -> None:
    """Arrays x (n, ...), or what `arrays_of` makes of the inputs; y as networks see it; groups; and what y means."""
    batch = exported.batch
    arrays = dict((arrays_of or _inputs)(batch.inputs))
    arrays |= {"y": batch.targets.numpy(), "groups": batch.groups.numpy()} | dict(exported.target.arrays())
    if exported.rates is not None:
        arrays["rates"] = exported.rates.detach().cpu().numpy()
    with out.open("wb") as file:
        np.savez(file, **arrays)


def csv_of(table: Tabulate) -> Exporter:
    """A writer of a table as a CSV file."""
    return partial(_write_csv, table)


def _write_csv(table: Tabulate, exported: Exported, out: Path) -> None:
    csv_file.write_csv(table(exported), out)


def parquet_of(table: Tabulate) -> Exporter:
    """A writer of a table as a Parquet file."""
    return partial(_write_parquet, table)


def _write_parquet(table: Tabulate, exported: Exported, out: Path) -> None:
    table(exported).to_parquet(out, index=False)


def pyg_folder(write: Exporter, name: str, data_of: Callable[[Exported], Any]) -> Exporter:
    """A writer of a folder with arrays in a file of this name, and of data.pt with PyG's objects where torch_geometric
    is installed."""
    return partial(_write_pyg_folder, write, name, data_of)


def _write_pyg_folder(
    write: Exporter, name: str, data_of: Callable[[Exported], Any], exported: Exported, out: Path
) -> None:
    out.mkdir(parents=True)
    write(exported, out / name)
    if importlib.util.find_spec("torch_geometric") is not None:
        torch.save(data_of(exported), out / "data.pt")


def hub_folder(write: Exporter) -> Exporter:
    """A writer of the folder that the Hub reads: a Parquet file and the dataset card."""
    return partial(_write_hub_folder, write)


def _write_hub_folder(write: Exporter, exported: Exported, out: Path) -> None:
    (out / "data").mkdir(parents=True)
    write(exported, out / "data" / "train-00000-of-00001.parquet")
    (out / "README.md").write_text(exported.readme, encoding="utf8")


def plain_frame(exported: Exported) -> pd.DataFrame:
    """A row for every example: its numbers as networks see them, and what is predicted.

    Columns are x0, x1, ... (x_<part>0, ... of examples in parts), then `target_columns`.
    """
    import pandas as pd

    batch = exported.batch
    chosen = batch.examples()
    columns: dict[str, Any] = {}
    for name, values in _inputs(structure.take(batch.inputs, chosen)).items():
        rows = values.reshape(len(values), -1)
        columns |= {f"{name}{index}": rows[:, index] for index in range(rows.shape[1])}
    return pd.DataFrame(columns | target_columns(exported))


def with_soft(exported: Exported, *parts: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Columns with a row for every example, and one of each class beside them where labels are soft."""
    import pandas as pd

    soft = pd.DataFrame(dict(exported.target.columns(exported.batch.targets)), index=parts[0].index)
    return pd.concat([*parts, soft], axis=1)


def target_columns(exported: Exported) -> dict[str, Any]:
    """What is predicted of every example, as columns: "label", a class by its name, and soft labels beside it; or
    "y", "y1", ... for numbers, as networks see them."""
    target, targets = exported.target, structure.take(exported.batch.targets, exported.batch.examples())
    hard = target.hard(targets)
    if "classes" in target.offers:
        return {"label": [exported.groups[index] for index in hard.tolist()], **target.columns(targets)}
    rows = _numbers(hard.reshape(len(hard), -1))
    return {f"y{index or ''}": rows[:, index] for index in range(rows.shape[1])}


def _inputs(inputs: Inputs) -> dict[str, np.ndarray]:
    parts = structure.named(inputs)
    return {"x" if name == "" else f"x_{name}": _numbers(part) for name, part in parts.items()}


def _numbers(part: Tensor) -> np.ndarray:
    return part.to(torch.float32).numpy() if part.dtype == torch.bfloat16 else part.numpy()
