"""Reads a saved set; nothing in the folder is trusted before it has been checked."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from condenset.artifact.card import APART_FILE, Card, TensorRecord, inside, read_card
from condenset.artifact.provenance import read_from
from condenset.artifact.tensor_file import TensorFile, opened
from condenset.codecs.restoring import below, expect_decodable
from condenset.core.errors import ArtifactError, PluginError, RequestError, UnknownNameError
from condenset.core.registries import CODECS, LABELS
from condenset.core.registry import Registry
from condenset.core.structure import expect_fit, length
from condenset.core.structure import tensors as tensors_in
from condenset.synthetic import MOST_RATE, SyntheticSet

_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")


@dataclass(frozen=True)
class Artifact:
    """A saved set that was read and checked.

    Attributes:
        path: its folder.
        card: what is known about it.
        synthetic: the set itself.
    """

    path: Path
    card: Card
    synthetic: SyntheticSet


def read(path: str | Path) -> Artifact:
    """A saved set with its card. Raises `ArtifactError` saying what is wrong with the folder."""
    folder = Path(path)
    _check_folder(folder)
    card = read_card(folder)
    tensors = _read_tensors(folder, card)
    synthetic = _rebuild(card, tensors, _apart(folder, card))
    _check_meaning(folder, card, synthetic)
    synthetic.provenance = read_from(folder, card)
    return Artifact(folder, card, synthetic)


def folder_of(given: SyntheticSet | str | Path, new: Path) -> Path:
    """Where a set is saved; one in memory is taken as it would be saved, in the folder `new`."""
    return given.save(new) if isinstance(given, SyntheticSet) else Path(given)


@contextmanager
def read_given(given: SyntheticSet | str | Path) -> Iterator[Artifact]:
    """The set as it is read; the files of one in memory last as long as the block. Raises `ArtifactError`."""
    with TemporaryDirectory() as temporary:
        yield read(folder_of(given, Path(temporary) / "set"))


def refuse_altered(folder: Path, card: Card) -> None:
    """Raises `ArtifactError` where the tensors are there and are not those that the card was written for.

    What a card says stands without them, too.
    """
    if os.path.lexists(folder / card.data):
        with _described(folder, card):
            pass


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        advice = "it may be a set that others released: import it with its format"
        raise ArtifactError(f"{folder} is a file and a saved set is a folder with card.json; {advice}")
    if not folder.is_dir():
        raise ArtifactError(f"{folder} does not exist: give the folder of a saved set")


def _read_tensors(folder: Path, card: Card) -> dict[str, Tensor]:
    pickles = sorted(entry.name for entry in folder.iterdir() if entry.suffix in _PICKLES)
    if pickles and not (folder / card.data).exists():
        raise ArtifactError(f"{folder} holds {pickles}, not {card.data}: a pickle can run code and is never opened")
    with _described(folder, card) as file:
        tensors, _ = file.read()
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ArtifactError(
                f"{folder / card.data}: tensor {name!r} holds values that are not finite: the set cannot be used"
            )
    return tensors


@contextmanager
def _described(folder: Path, card: Card) -> Iterator[TensorFile]:
    path = inside(folder, card.data)
    with opened(path) as file:
        _check_listed(path, file.records, card.tensors)
        _check_digest(path, file, card.sha256)
        yield file


def _check_digest(path: Path, file: TensorFile, listed: str) -> None:
    sha256 = file.sha256()
    if sha256 != listed:
        raise ArtifactError(f"{path} was altered: its SHA-256 is {sha256}, its card says {listed:.64}; fetch it again")


def _check_listed(path: Path, records: tuple[TensorRecord, ...], listed: tuple[TensorRecord, ...]) -> None:
    expected = {record.name: record for record in listed}
    names = {record.name for record in records}
    if names != set(expected) or len(listed) != len(expected):
        raise ArtifactError(
            f"{path} holds {sorted(names)}, its card lists {[r.name for r in listed]}: they do not match"
        )
    for record in records:
        if record != expected[record.name]:
            other = expected[record.name]
            raise ArtifactError(
                f"{path}: tensor {record.name!r} is {record.shape} {record.dtype}, its card says {other.shape} "
                f"{other.dtype}: they do not match"
            )


def _apart(folder: Path, card: Card) -> tuple[dict[str, Tensor], ...]:
    """What the codec needs besides, see `Codec.apart`; nothing where it needs nothing."""
    if not _registered(CODECS, card.codec.name).decodes_by_file:
        return ()
    listed = next((asset for asset in card.assets if asset.name == APART_FILE), None)
    if listed is None:
        raise ArtifactError(f"{folder} lists no {APART_FILE}, by which its codec {card.codec.name!r} decodes")
    path = inside(folder, APART_FILE)
    with opened(path) as file:
        _check_digest(path, file, listed.sha256)
        tensors, _ = file.read()
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise ArtifactError(f"{path} holds values that are not finite: the set cannot be decoded")
    return (tensors,)


def _rebuild(card: Card, tensors: Mapping[str, Tensor], apart: tuple[dict[str, Tensor], ...]) -> SyntheticSet:
    codec_kind, labels_kind = _registered(CODECS, card.codec.name), _registered(LABELS, card.labels.kind)
    groups, log_rates, weights = (tensors.get(name) for name in ("groups", "log_rates", "weights"))
    if groups is None or groups.dim() != 1 or groups.is_floating_point() or len(groups) == 0:
        raise ArtifactError(f"tensor 'groups' is {_shape(groups)}: expected (items,) whole numbers")
    if log_rates is not None and (log_rates.dim() != 1 or not log_rates.is_floating_point()):
        raise ArtifactError(f"tensor 'log_rates' is {_shape(log_rates)}: expected (steps,) float32")
    if log_rates is not None and bool((log_rates > math.log(MOST_RATE)).any()):
        raise ArtifactError(f"a learnt rate is {log_rates.max().exp():g}: expected at most {MOST_RATE:g}")
    if weights is not None:
        _check_weights(weights, len(groups))
    try:
        codec = codec_kind.restore(card.codec.fields, below(tensors, "codec/"), *apart)
        labels = labels_kind.restore(below(tensors, "labels/"), card.task.target)
    except (KeyError, TypeError, ValueError, RuntimeError, IndexError, AttributeError) as error:
        names = f"codec {card.codec.name!r} and labels {card.labels.kind!r}"
        raise ArtifactError(f"{names} cannot be restored ({type(error).__name__}: {error})") from error
    rates = None if log_rates is None else log_rates.exp()
    synthetic = SyntheticSet(codec, labels, groups.long(), card.contract, rates, weights)
    if synthetic.log_rates is not None and log_rates is not None:
        synthetic.log_rates.data.copy_(log_rates)  # exactly: exp and log do not undo each other to the last bit
    return synthetic


def _check_weights(weights: Tensor, items: int) -> None:
    if weights.shape != (items,) or weights.dtype != torch.float32:
        raise ArtifactError(f"tensor 'weights' is {_shape(weights)}: expected ({items},) float32")
    if bool((weights <= 0).any()):
        raise ArtifactError("tensor 'weights' is not positive everywhere: expected what each item counts for")


def _check_meaning(folder: Path, card: Card, synthetic: SyntheticSet) -> None:
    """Items, labels and decoded examples fit each other and the task."""
    try:
        with torch.no_grad():
            items, labels = len(synthetic.groups), synthetic.labels()
            if labels is not None:
                decoded = len(synthetic.origin)
                expect_decodable(decoded * math.prod(labels.shape[1:]), "a set with a label for each example")
            batch = synthetic.decode()
    except ArtifactError:
        raise
    except (RuntimeError, IndexError, ValueError, TypeError, RequestError) as error:
        raise ArtifactError(f"{folder}: the set does not decode ({error})") from error
    if not all(bool(torch.isfinite(part).all()) for part in tensors_in((batch.inputs, batch.targets))):
        raise ArtifactError(f"{folder}: decoded examples are not finite: the fields of its codec are altered")
    if (examples := length(batch.inputs)) != len(batch):
        raise ArtifactError(f"{folder}: {examples} decoded examples for {items} items: the set is inconsistent")
    if labels is not None and len(labels) != items:
        raise ArtifactError(f"{folder}: {len(labels)} labels for {items} items: the set is inconsistent")
    if not 0 <= int(synthetic.groups.min()) <= int(synthetic.groups.max()) < len(card.task.groups):
        raise ArtifactError(f"{folder}: groups reach outside 0..{len(card.task.groups) - 1}, those of the target")
    try:
        card.task.target.expect(batch.targets if labels is None else labels)
        expect_fit(batch.inputs, card.task.input_spec)
    except RequestError as error:
        raise ArtifactError(f"{folder}: the set is not what its card says ({error})") from error


def _registered(registry: Registry, name: str) -> Any:
    try:
        return registry.get(name)
    except UnknownNameError as error:
        raise ArtifactError(f"the card names an {error}; a newer condenset or a plug-in may have it") from error
    except PluginError as error:
        raise ArtifactError(f"the set cannot be opened: {error}") from error


def _shape(tensor: Tensor | None) -> str:
    return "missing" if tensor is None else f"{tuple(tensor.shape)} {tensor.dtype}"
