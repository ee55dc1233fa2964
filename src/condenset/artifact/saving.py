"""Writes a set as a folder: all of it or nothing, and the same set always as the same bytes."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from condenset.artifact.card import (
    APART_FILE,
    CARD_FILE,
    DATA_FILE,
    SCHEMA,
    Card,
    CodecRecord,
    Fingerprint,
    LabelsRecord,
    TaskRecord,
    parsed,
    read_card,
    write_card,
)
from condenset.artifact.files import discard, replace_file, staging, write_through, writing
from condenset.artifact.readme import README_FILE, dataset_card
from condenset.artifact.sizes import saved_sizes, sizes_of
from condenset.artifact.tensor_file import describe, digest, encode
from condenset.core.asset import Asset
from condenset.core.errors import CondensetError, RequestError
from condenset.core.indices import index_dtype
from condenset.core.registries import CODECS, LABELS
from condenset.core.structured import structured
from condenset.synthetic import MOST_RATE, SyntheticSet
from condenset.tasks.task import Task

PREVIEW_FILE = "preview.png"
_ORDER = (DATA_FILE, APART_FILE, README_FILE, PREVIEW_FILE, CARD_FILE)  # the card last: with one a set is finished


def save(
    synthetic: SyntheticSet, task: Task, folder: str | Path, recipe: Mapping[str, Any], assets: Sequence[Asset] = ()
) -> Path:
    """Write a set into a folder, new or holding the run that made it; returns the folder.

    The same set, task and recipe give byte-identical files: no time is written.

    Args: recipe, JSON-able, what repeats the run: method, size, seed, steps, changes; assets, what it was made with.
    Raises `RequestError` where the folder holds a finished set already, `CondensetError` where the disk is full or
    a tensor is not finite; nothing is then left behind and nothing is lost.
    """
    tensors, apart = _finite_tensors(synthetic), _apart(synthetic)
    data = encode(tensors)
    assets = [*assets, *(_listed(name, content) for name, content in apart.items())]
    card = make_card(synthetic, task, dict(recipe), tensors, digest(data), assets)
    return _save(Path(folder), data, card, partial(draw, synthetic, task), apart)


def draw(synthetic: SyntheticSet, task: Task, path: Path) -> None:
    """Draw a set into a PNG file, as its kind of data is shown."""
    task.modality.preview(task, synthetic.decode().detach().to("cpu"), path)


def save_again(synthetic: SyntheticSet, card: Card, folder: str | Path, draw: Callable[[Path], None]) -> Path:
    """Write a set that was read, perhaps changed since, into a new folder; returns the folder.

    Args: card, the one that it was read with; what its evaluations and audits say is kept where no tensor has changed;
    draw, draws it into a PNG file. Raises as `save`.
    """
    tensors, apart = _finite_tensors(synthetic), _apart(synthetic)
    data = encode(tensors)
    now = replace(card, budget=synthetic.nbytes(), tensors=describe(tensors), sha256=digest(data), data=DATA_FILE)
    if now.sha256 != card.sha256:
        now = replace(now, evaluations=(), audits=())
    return _save(Path(folder), data, now, draw, apart)


def add_evaluation(folder: str | Path, record: Mapping[str, Any]) -> None:
    """Append an evaluation, as `Evaluation.record` gives it, to a saved set's card, atomically.

    Raises `ArtifactError` for a record that no reader would take, `RequestError`, `CondensetError` where it cannot be
    written.
    """
    folder = Path(folder)
    card = read_card(folder)
    card = replace(card, evaluations=(*card.evaluations, dict(record)))
    content = write_card(card)
    parsed(folder / CARD_FILE, content)  # nothing is written that no reader would take
    replace_file(folder / CARD_FILE, content)
    replace_file(folder / README_FILE, dataset_card(card, saved_sizes(folder, card)).encode())


def _apart(synthetic: SyntheticSet) -> dict[str, bytes]:
    """The file of what the set decodes by and does not store; none where that is nothing."""
    codec = synthetic.codec
    return {APART_FILE: encode(codec.apart())} if codec.decodes_by_file else {}


def _listed(name: str, content: bytes) -> Asset:
    made_by = f"condenset {version('condenset')}"
    return Asset(name, digest(content), len(content), "as the data that it was trained on", made_by)


def stored_tensors(synthetic: SyntheticSet) -> dict[str, Tensor]:
    """What a set stores, by its name in the file.

    codec/... and labels/... have the shapes that their kinds say; groups is (items,), whole numbers as narrow as
    tell them apart, weights, where there are any, (items,) float32, and log_rates, where rates are learnt, (steps,)
    float32 or (1,).
    """
    groups = synthetic.groups.to(index_dtype(int(synthetic.groups.max()) + 1))
    return {
        name.replace(".", "/", 1) if name.startswith(("codec.", "labels.")) else name: tensor
        for name, tensor in (synthetic.state_dict() | {"groups": groups}).items()
    }


def make_card(
    synthetic: SyntheticSet,
    task: Task,
    recipe: dict[str, Any],
    tensors: Mapping[str, Tensor],
    sha256: str,
    assets: Sequence[Asset] = (),
) -> Card:
    """The card of a set, with the names, shapes and dtypes of its tensors, written with that SHA-256."""
    record = TaskRecord(
        name=task.name,
        modality=task.modality.name,
        input_spec=task.input_spec,
        target=task.target,
        groups=task.groups.names,
        preprocessing=task.preprocessing,
        constraints=task.constraints,
        source=task.source,
        fingerprint=structured(task.fingerprint, Fingerprint, "fingerprint"),
        footprint=task.footprint,
    )
    versions = {"python": platform.python_version(), "condenset": version("condenset")}
    libraries = {"torch": str(torch.__version__), "numpy": np.__version__, "threads": str(torch.get_num_threads())}
    return Card(
        schema=SCHEMA,
        task=record,
        codec=CodecRecord(CODECS.name_of(type(synthetic.codec)), synthetic.codec.fields()),
        labels=LabelsRecord(LABELS.name_of(type(synthetic.labels))),
        contract=synthetic.contract,
        budget=synthetic.nbytes(),
        recipe=recipe,
        versions=versions | libraries,
        assets=tuple(assets),
        evaluations=(),
        audits=(),
        data=DATA_FILE,
        tensors=describe(tensors),
        sha256=sha256,
    )


def _finite_tensors(synthetic: SyntheticSet) -> dict[str, Tensor]:
    tensors = {name: tensor.detach().cpu() for name, tensor in stored_tensors(synthetic).items()}
    bad = [name for name, tensor in tensors.items() if not bool(torch.isfinite(tensor).all())]
    if bad:
        raise CondensetError(f"tensors {bad} are not finite, nothing was written: lower the learning rates of the run")
    rates = synthetic.rates()
    if rates is not None and bool((rates > MOST_RATE).any()):
        raise CondensetError(
            f"a learnt rate grew to {float(rates.max()):g}, above the {MOST_RATE:g} that a set may say, nothing was "
            "written: lower it by --set optimisers.rate.rate"
        )
    return tensors


def _save(folder: Path, data: bytes, card: Card, draw: Callable[[Path], None], apart: Mapping[str, bytes]) -> Path:
    """All files of a set, or none."""
    if (folder / CARD_FILE).exists():
        raise RequestError(f"{folder} holds a finished set already: choose another folder, or remove it first")
    readme = dataset_card(card, sizes_of(card, len(data)))
    files = {DATA_FILE: data, **apart, README_FILE: readme.encode(), CARD_FILE: write_card(card)}
    new = not folder.exists()
    try:
        with writing(folder, sum(map(len, files.values()))):
            _write(folder, files, draw)
    except BaseException:
        if new:
            discard(folder)
        raise
    return folder


def _write(folder: Path, files: Mapping[str, bytes], draw: Callable[[Path], None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with staging(folder) as stage:
        for name, content in files.items():
            write_through(stage / name, content)
        draw(stage / PREVIEW_FILE)
        _move(stage, folder)


def _move(stage: Path, folder: Path) -> None:
    moved: list[Path] = []
    try:
        for name in (name for name in _ORDER if (stage / name).exists()):
            (stage / name).replace(folder / name)
            moved.append(folder / name)
    except OSError:
        for path in moved:
            discard(path)
        raise
