"""Writes a saved set for other tools: pictures, arrays, tables, Hugging Face folders, PyTorch Geometric."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import Tensor

from condenset.artifact.files import staged
from condenset.artifact.reading import Artifact
from condenset.artifact.readme import exported_card
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.graph import Graph
from condenset.tasks.target import Classification

if TYPE_CHECKING:
    import pandas as pd

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}  # channels -> what a PNG can hold


def export_set(artifact: Artifact, to: str, out: str | Path) -> Path:
    """Write the decoded examples of a set; returns `out`. It appears whole or not at all.

    Args: to, "png" (a folder per class), "npz" (exact), "parquet", "csv", "hf" (a folder for the Hub) or "pyg"
        (arrays, and a `torch_geometric.data.Data` where that library is installed); out, a new file or folder.
    Arrays are x (n, ...), y as of `Batch.targets` and groups (n,) int64; of a graph x (n, features), edge_index
    (2, edges) int64 and edge_weight (edges,).
    Raises `RequestError` for a format that does not fit the modality, naming those that do, and where `out` exists;
    `CondensetError` where it cannot be written.
    """
    modality = artifact.card.task.modality
    fitting = _FORMATS.get(modality, {"npz": _write_npz})
    if to not in fitting:
        raise RequestError(f"format {to!r} does not fit {modality} data: use one of {', '.join(fitting)}")
    batch = artifact.synthetic.decode().detach().to("cpu")
    with staged(Path(out)) as partial:
        fitting[to](artifact, batch, partial)
    return Path(out)


def _write_npz(artifact: Artifact, batch: Batch, out: Path) -> None:
    """Arrays x, or x, edge_index and edge_weight; y as networks see it; groups; and what y means."""
    arrays = _input_arrays(batch) | {"y": batch.targets.numpy(), "groups": batch.groups.numpy()}
    target = artifact.card.task.target
    if isinstance(target, Classification):
        arrays["classes"] = np.array(target.classes)
    else:
        arrays |= {"target_mean": np.array(target.mean), "target_std": np.array(target.std)}
    rates = artifact.synthetic.rates()
    if rates is not None:
        arrays["rates"] = rates.detach().cpu().numpy()
    with out.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its own option


def _input_arrays(batch: Batch) -> dict[str, np.ndarray]:
    if not isinstance(batch.inputs, Graph):
        return {"x": batch.inputs.numpy()}
    from condenset.kernels.propagation import recover_adjacency

    adjacency = recover_adjacency(batch.inputs.propagation.to_dense())
    edges = adjacency.nonzero().T
    weights = adjacency[edges[0], edges[1]]
    return {"x": batch.inputs.features.numpy(), "edge_index": edges.numpy(), "edge_weight": weights.numpy()}


def _write_png(artifact: Artifact, batch: Batch, out: Path) -> None:
    """A folder per class; soft labels beside them in labels.csv, since a folder says one class only."""
    import pandas as pd

    folders = [out / name for name in _folder_names(_classes(artifact))]
    for folder in folders:
        folder.mkdir(parents=True)
    paths = []
    classes = artifact.card.task.target.group_of(batch.targets).tolist()
    for index, (content, group) in enumerate(zip(_png_bytes(artifact, batch), classes, strict=True)):
        paths.append(folders[group] / f"{index:06d}.png")
        paths[-1].write_bytes(content)
    soft = _soft_columns(artifact, batch)
    if soft:
        pd.DataFrame({"file": [str(p.relative_to(out)) for p in paths]} | soft).to_csv(out / "labels.csv", index=False)


def _folder_names(classes: tuple[str, ...]) -> list[str]:
    """Class names as names of folders: a name that could leave the folder, or that repeats, gets its index."""
    names: list[str] = []
    for index, name in enumerate(classes):
        safe = re.sub(r"[^\w+ .-]", "_", name).strip(" .")
        names.append(safe if safe and safe not in names else f"{safe or 'class'}-{index}")
    return names


def _png_bytes(artifact: Artifact, batch: Batch) -> list[bytes]:
    from PIL import Image

    from condenset.tasks.image.preprocessing import levels, outside, to_unit

    assert isinstance(batch.inputs, Tensor)
    channels = batch.inputs.shape[1]
    if channels not in _MODES:
        raise RequestError(f"images with {channels} channels are no PNG, which has {list(_MODES)}: export to npz")
    unit = to_unit(batch.inputs, artifact.card.task.preprocessing)
    if lost := outside(unit):
        warnings.warn(
            f"{lost:.1%} of the learnt values lie outside what a PNG can hold and were clipped, so that a network "
            "learns something else from the files: npz keeps them",
            stacklevel=2,
        )
    contents = []
    for pixels in levels(unit):
        file = io.BytesIO()
        Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(file, format="PNG")
        contents.append(file.getvalue())
    return contents


def _write_image_parquet(artifact: Artifact, batch: Batch, out: Path) -> None:
    """Columns image {bytes, path}, label, and soft_label where labels are soft, with the Hub's feature types."""
    images = [{"bytes": content, "path": f"{i:06d}.png"} for i, content in enumerate(_png_bytes(artifact, batch))]
    columns: dict[str, Any] = {
        "image": pa.array(images, pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        "label": pa.array(artifact.card.task.target.group_of(batch.targets).tolist(), pa.int64()),
    }
    features: dict[str, Any] = {
        "image": {"_type": "Image"},
        "label": {"names": list(_classes(artifact)), "_type": "ClassLabel"},
    }
    if batch.targets.is_floating_point():
        columns["soft_label"] = pa.array(batch.targets.tolist(), pa.list_(pa.float32()))
        features["soft_label"] = {"feature": {"dtype": "float32", "_type": "Value"}, "_type": "Sequence"}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), out)


def _table(artifact: Artifact, batch: Batch) -> pd.DataFrame:
    """The rows in their original types, the target's column last, then one of each class where labels are soft."""
    import pandas as pd

    from condenset.tasks.tabular.columns import decode_matrix, from_fields
    from condenset.tasks.tabular.targets import raw_targets

    assert isinstance(batch.inputs, Tensor)
    preprocessing = artifact.card.task.preprocessing
    frame = decode_matrix(batch.inputs.numpy(), from_fields(preprocessing["columns"]))
    target = raw_targets(batch.targets, preprocessing["target"])
    return pd.concat([frame, target, pd.DataFrame(_soft_columns(artifact, batch), index=frame.index)], axis=1)


def _write_csv(artifact: Artifact, batch: Batch, out: Path) -> None:
    _table(artifact, batch).to_csv(out, index=False)


def _write_table_parquet(artifact: Artifact, batch: Batch, out: Path) -> None:
    _table(artifact, batch).to_parquet(out, index=False)


def _hub_folder(write: Callable[[Artifact, Batch, Path], None]) -> Callable[[Artifact, Batch, Path], None]:
    """A writer of the folder that the Hub reads: a Parquet file and the dataset card."""

    def write_folder(artifact: Artifact, batch: Batch, out: Path) -> None:
        (out / "data").mkdir(parents=True)
        write(artifact, batch, out / "data" / "train-00000-of-00001.parquet")
        (out / "README.md").write_text(exported_card(artifact.card), encoding="utf8")

    return write_folder


def _write_pyg(artifact: Artifact, batch: Batch, out: Path) -> None:
    """graph.npz, and data.pt with the same as a `Data` where torch_geometric is installed."""
    out.mkdir(parents=True)
    _write_npz(artifact, batch, out / "graph.npz")
    if importlib.util.find_spec("torch_geometric") is not None:
        from torch_geometric.data import Data

        arrays = {name: torch.from_numpy(array) for name, array in _input_arrays(batch).items()}
        torch.save(Data(y=batch.targets, **arrays), out / "data.pt")


def _classes(artifact: Artifact) -> tuple[str, ...]:
    target = artifact.card.task.target
    if not isinstance(target, Classification):
        raise RequestError(f"the target {target.name!r} is a number and pictures are sorted by class: export to npz")
    return target.classes


def _soft_columns(artifact: Artifact, batch: Batch) -> dict[str, list[float]]:
    """ "soft_<class>" -> its values, where labels are soft; empty otherwise."""
    target = artifact.card.task.target
    if not isinstance(target, Classification) or not batch.targets.is_floating_point():
        return {}
    return {f"soft_{name}": column.tolist() for name, column in zip(target.classes, batch.targets.T, strict=True)}


_FORMATS: dict[str, dict[str, Callable[[Artifact, Batch, Path], None]]] = {
    "image": {
        "png": _write_png,
        "npz": _write_npz,
        "parquet": _write_image_parquet,
        "hf": _hub_folder(_write_image_parquet),
    },
    "tabular": {
        "npz": _write_npz,
        "parquet": _write_table_parquet,
        "csv": _write_csv,
        "hf": _hub_folder(_write_table_parquet),
    },
    "graph": {"npz": _write_npz, "pyg": _write_pyg},
}
