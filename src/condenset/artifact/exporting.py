"""Writes a saved set for other tools, in the formats that its kind of data has."""

from __future__ import annotations

from pathlib import Path

from condenset.artifact.files import staged
from condenset.artifact.reading import Artifact
from condenset.artifact.readme import exported_card
from condenset.core.errors import RequestError
from condenset.core.registries import MODALITIES
from condenset.tasks.exporting import Exported, described


def export_set(artifact: Artifact, to: str, out: str | Path) -> Path:
    """Write the decoded examples of a set; returns `out`. It appears whole or not at all.

    Args: to, a format of the kind of data: "npz" (exact), "png" (a folder per class), "parquet", "csv", "hf" (a folder
        for the Hub), "pyg" (arrays, and a `torch_geometric.data.Data` where that library is installed), or another of
        its own; out, a new file or folder.
    Raises `RequestError` for a format that does not fit the kind of data, naming those that do, and where `out` exists;
    `CondensetError` where it cannot be written.
    """
    task = artifact.card.task
    fitting = MODALITIES.get(task.modality).exporters
    if to not in fitting:
        raise RequestError(f"format {to!r} does not fit {task.modality} data: use one of {', '.join(fitting)}")
    exported = Exported(
        artifact.synthetic.decode().detach().to("cpu"),
        task.name,
        task.target,
        task.groups,
        task.preprocessing,
        artifact.synthetic.rates(),
        exported_card(artifact.card),
        task.constraints,
    )
    with staged(Path(out)) as partial, described(f"{artifact.path} cannot be written as {to}"):
        fitting[to](exported, partial)
    return Path(out)
