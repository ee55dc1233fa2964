"""Checkpoints of a run: one file, replaced atomically, with a checksum and the one before it kept beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from condenset.artifact.files import discard, write_through, writing
from condenset.artifact.tensor_file import encode, parse, read_checked
from condenset.core.errors import ArtifactError

LATEST = "checkpoint.safetensors"
PREVIOUS = "checkpoint.previous.safetensors"
_PARTIAL = ".checkpoint.partial"


def save_checkpoint(tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Write tensors (any names, any shapes) as the folder's latest checkpoint.

    At every moment the folder holds a whole checkpoint, this one or the one before.
    Raises `CondensetError` where the disk is full; the earlier checkpoints then stay.
    """
    content = encode(tensors, {"sha256": checksum(tensors)})
    latest, partial = folder / LATEST, folder / _PARTIAL
    with writing(latest, len(content)):
        try:
            write_through(partial, content)
            if latest.exists():
                latest.replace(folder / PREVIOUS)
            partial.replace(latest)
        except OSError:
            discard(partial)
            raise


def load_checkpoint(folder: Path) -> dict[str, Tensor]:
    """The tensors of the latest checkpoint that is whole, by name, of the shapes and dtypes that they were saved with.

    Raises `ArtifactError` where there is none.
    """
    faults = []
    for name in (LATEST, PREVIOUS):
        try:
            return _load(folder / name)
        except (ArtifactError, OSError) as error:
            faults.append(str(error))
    raise ArtifactError(f"no checkpoint in {folder} can be used: {'; '.join(faults)}. Begin the run again")


def has_checkpoint(folder: Path) -> bool:
    """Whether there is a checkpoint, whole or not."""
    return any((folder / name).exists() for name in (LATEST, PREVIOUS))


def remove_checkpoints(folder: Path) -> None:
    """Remove every checkpoint and what an interrupted write left."""
    for name in (LATEST, PREVIOUS, _PARTIAL):
        discard(folder / name)


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, dtypes, shapes and values, in the order of names."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().data)
    return total.hexdigest()


def _load(path: Path) -> dict[str, Tensor]:
    tensors, metadata = parse(path, read_checked(path))
    if checksum(tensors) != metadata.get("sha256"):
        raise ArtifactError(f"{path} does not have the checksum that it was written with")
    return tensors
