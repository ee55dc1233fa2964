"""Reads what `torch.save` wrote without running anything in it, and without taking more memory than it holds."""

from __future__ import annotations

import pickle
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from condenset.core.errors import DataError
from condenset.core.limits import limits
from condenset.core.regular_file import open_regular

_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")  # as PyTorch's advice to trust the file names it
_HEAD = 2**16  # bytes of a pickle that tell what it is of


def load_tensors(path: Path, harmless: Sequence[Any] = ()) -> Any:
    """The tensors of a file on the CPU, in lists and dictionaries, with what `torch.load` calls plain values.

    Args: harmless, further classes and functions that it may hold, as `torch.serialization.safe_globals` takes them.
    Raises `DataError` for a file that is missing, damaged, as its own checksums show, or too large, and for one that
    holds anything else, which could run code.
    """
    try:
        with open_regular(path) as file:
            limits().check("bytes", path.stat().st_size, str(path))
            if zipfile.is_zipfile(file):
                _expect_whole(zipfile.ZipFile(file), path)
            file.seek(0)
            with torch.serialization.safe_globals(list(harmless)):
                return torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist: give the path of a file that torch.save wrote") from error
    except DataError:
        raise
    except pickle.UnpicklingError as error:
        found = _GLOBAL.search(str(error))
        more = f" ({found[1]})" if found else ""
        raise DataError(f"{path} holds more than tensors{more}, which could run code: refused") from error
    except Exception as error:  # damaged archives raise nearly anything
        raise DataError(f"{path} cannot be read safely ({error!s:.300}): it is damaged, fetch it again") from error


def expect_stored(tensor: Tensor, what: str) -> None:
    """Raises `DataError` for a tensor of more numbers than are stored, as one may say that repeats a single number.

    Args: what, messages call it.
    """
    if tensor.layout != torch.strided:
        return
    held, claimed = tensor.untyped_storage().nbytes(), tensor.numel() * tensor.element_size()
    if claimed > held:
        raise DataError(
            f"{what} is {tuple(tensor.shape)}, which takes {claimed:,} bytes, and {held:,} are stored: call "
            "contiguous() on it before it is saved"
        )


def pickle_head(path: Path) -> bytes:
    """How the pickle in a file of `torch.save` begins, of whatever it is; empty where the file is no such archive."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            with archive.open(name) as stream:
                return stream.read(_HEAD)
    except (OSError, ValueError, zipfile.BadZipFile, StopIteration, RuntimeError):
        return b""


def _expect_whole(archive: zipfile.ZipFile, path: Path) -> None:
    """Members that unpack to no more than the limit, and hold what they did when they were written."""
    limits().check("bytes", sum(member.file_size for member in archive.infolist()), f"what is packed in {path}")
    if (broken := archive.testzip()) is not None:
        raise DataError(f"{path} is damaged: {broken} does not have its checksum; fetch it again")
