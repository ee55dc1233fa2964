"""Pictures for other tools: a folder per class, and the Parquet layout of the Hub."""

from __future__ import annotations

import io
import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.errors import RequestError
from condenset.tasks.exporting import Exported, target_columns
from condenset.tasks.pictures.preprocessing import levels, outside, to_unit
from condenset.tasks.reading.csv_file import write_csv

if TYPE_CHECKING:
    import pandas as pd

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}  # channels -> what a PNG can hold


def write_png(exported: Exported, out: Path) -> None:
    """A folder per class; soft labels beside them in labels.csv, since a folder says one class only."""
    import pandas as pd

    folders = [out / name for name in _folder_names(_classes(exported))]
    for folder in folders:
        folder.mkdir(parents=True)
    paths = []
    classes = exported.target.hard(exported.batch.targets).tolist()
    for index, (content, group) in enumerate(zip(_png_bytes(exported), classes, strict=True)):
        paths.append(folders[group] / f"{index:06d}.png")
        paths[-1].write_bytes(content)
    soft = _soft_columns(exported)
    if soft:
        write_csv(pd.DataFrame({"file": [str(p.relative_to(out)) for p in paths]} | soft), out / "labels.csv")


def write_parquet(exported: Exported, out: Path) -> None:
    """Columns image {bytes, path}, label, and soft_label where labels are soft, with the Hub's feature types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    images = [{"bytes": content, "path": f"{i:06d}.png"} for i, content in enumerate(_png_bytes(exported))]
    columns: dict[str, Any] = {
        "image": pa.array(images, pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        "label": pa.array(exported.target.hard(exported.batch.targets).tolist(), pa.int64()),
    }
    features: dict[str, Any] = {
        "image": {"_type": "Image"},
        "label": {"names": list(_classes(exported)), "_type": "ClassLabel"},
    }
    if exported.target.is_soft(exported.batch.targets):
        columns["soft_label"] = pa.array(exported.batch.targets.tolist(), pa.list_(pa.float32()))
        features["soft_label"] = {"feature": {"dtype": "float32", "_type": "Value"}, "_type": "Sequence"}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), out)


def table(exported: Exported) -> pd.DataFrame:
    """A row for every image: its pixels (height, width, channels) float32, black 0 and white 1, not clipped; its class
    by name, and soft labels beside it."""
    import pandas as pd

    unit = to_unit(exported.batch.inputs, exported.preprocessing).permute(0, 2, 3, 1)
    return pd.DataFrame({"image": list(unit.numpy())} | target_columns(exported))


def _folder_names(classes: tuple[str, ...]) -> list[str]:
    """Class names as names of folders: a name that could leave the folder, or that repeats, gets its index."""
    names: list[str] = []
    for index, name in enumerate(classes):
        safe = re.sub(r"[^\w+ .-]", "_", name).strip(" .")
        names.append(safe if safe and safe not in names else f"{safe or 'class'}-{index}")
    return names


def _png_bytes(exported: Exported) -> list[bytes]:
    from PIL import Image

    channels = exported.batch.inputs.shape[1]
    if channels not in _MODES:
        raise RequestError(f"images with {channels} channels are no PNG, which has {list(_MODES)}: export to npz")
    unit = to_unit(exported.batch.inputs, exported.preprocessing)
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


def _classes(exported: Exported) -> tuple[str, ...]:
    if "classes" not in exported.target.offers:
        raise RequestError(
            f"{exported.name} predicts {exported.target.describe()}, and pictures are sorted by class: export to npz"
        )
    return exported.groups


def _soft_columns(exported: Exported) -> dict[str, list[float]]:
    """ "soft_<class>" -> its values, where labels are soft; empty otherwise."""
    return {name: list(values) for name, values in exported.target.columns(exported.batch.targets).items()}
