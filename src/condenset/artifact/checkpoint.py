"""Checkpoints of a run: one file, replaced atomically, with a checksum and the one before it kept beside it.

A checkpoint says what its run is made from, and is no other run's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from condenset.artifact.files import discard, replacing, write_through, writing
from condenset.artifact.tensor_file import encode, opened
from condenset.core.errors import ArtifactError

LATEST = "checkpoint.safetensors"
PREVIOUS = "checkpoint.previous.safetensors"


def save_checkpoint(tensors: Mapping[str, Tensor], folder: Path, made_from: str) -> None:
    """Write tensors (any names, any shapes) as the folder's latest checkpoint.

    At every moment the folder holds a whole checkpoint, this one or the one before.
    Args: made_from, the digest of what the run is made from.
    Raises `CondensetError` where the disk is full; the earlier checkpoints then stay.
    """
    content, latest = encode(tensors, {"sha256": checksum(tensors), "made_from": made_from}), folder / LATEST
    with writing(latest, len(content)), replacing(latest) as new:
        write_through(new, content)
        if latest.exists():
            latest.replace(folder / PREVIOUS)


def load_checkpoint(folder: Path, made_from: str) -> dict[str, Tensor]:
    """The tensors of the latest checkpoint that is whole and of this run, by name, as they were saved.

    Args: made_from, as of `save_checkpoint`. Raises `ArtifactError` where there is none.
    """
    faults = []
    for name in (LATEST, PREVIOUS):
        try:
            return _load(folder / name, made_from)
        except (ArtifactError, OSError) as error:
            faults.append(str(error))
    raise ArtifactError(f"no checkpoint in {folder} can be used: {'; '.join(faults)}. Begin the run again")


def has_checkpoint(folder: Path) -> bool:
    """Whether there is a checkpoint, whole or not."""
    return any((folder / name).exists() for name in (LATEST, PREVIOUS))


def remove_checkpoints(folder: Path) -> None:
    """Remove every checkpoint."""
    for name in (LATEST, PREVIOUS):
        discard(folder / name)


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, dtypes, shapes and values, in the order of names."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().data)
    return total.hexdigest()


def _load(path: Path, made_from: str) -> dict[str, Tensor]:
    with opened(path) as file:
        tensors, metadata = file.read()
    if checksum(tensors) != metadata.get("sha256"):
        raise ArtifactError(f"{path} does not have the checksum that it was written with")
    if metadata.get("made_from") != made_from:
        raise ArtifactError(f"{path} is of another run than run.toml and recipe.toml say: put those back as they were")
    return tensors
