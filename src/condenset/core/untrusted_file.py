"""Opens what others may have made: no pipe and no device is waited for, nothing in it is run, and it is not too large.

What a file claims to hold is its size, so that a sparse one, which takes no room on disk, is measured by that. Larger
things are refused before they take memory or time.
"""

from __future__ import annotations

import dataclasses
import io
import os
import pickle
import re
import stat
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.errors import DataError, RequestError
from condenset.core.fields import split_name

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from torch import Tensor

VARIABLE = "CONDENSET_LIMITS"
# Pillow goes by the content and not by the name, and hands some formats, such as EPS, to programs that it starts.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "AVIF", "TIFF", "PPM")

_KINDS = {stat.S_IFIFO: "a named pipe", stat.S_IFDIR: "a folder", stat.S_IFSOCK: "a socket"}
_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")  # as PyTorch's advice to trust the file names it
_HEAD = 2**16  # bytes of a pickle that tell what it is of


@dataclass(frozen=True)
class Limits:
    """What nobody needs by accident.

    Attributes:
        bytes: of a file that is read whole, of what it unpacks to, and of what a set decodes to.
        pixels: of a picture.
        columns: of a table.
    """

    bytes: int = 2**30
    pixels: int = 2**26
    columns: int = 2**15

    def check(self, name: str, value: int, what: str) -> None:
        """Raises `DataError` where there are more than the limit of that name. Args: what, that has them."""
        most = getattr(self, name)
        if value > most:
            raise DataError(
                f"{what} has {value:,} {name}, and at most {most:,} are read: where that is right, set "
                f"{VARIABLE}={name}={value}"
            )


def limits() -> Limits:
    """Those that CONDENSET_LIMITS says, as in "pixels=200000000,columns=100000"; it says none in most cases.

    Raises `RequestError` for a name or a number that is none.
    """
    _, said = split_name(f":{os.environ.get(VARIABLE, '')}")
    known = [field.name for field in dataclasses.fields(Limits)]
    wrong = [f"{name}={value}" for name, value in said.items() if name not in known or type(value) is not int]
    if wrong:
        raise RequestError(
            f"{VARIABLE} says {', '.join(wrong)}: give whole numbers for {', '.join(known)}, as in pixels=200000000"
        )
    return dataclasses.replace(Limits(), **said)  # type: ignore[arg-type]  # each was found to be a whole number


def open_regular(path: Path) -> BufferedReader:
    """The file, to read its bytes. Raises `OSError` where it cannot be opened, `DataError` where it is another
    kind of thing, which is not waited for."""
    _expect_regular(path, path.stat())  # to open a device may do something already
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  # whoever asked closes it
    try:
        _expect_regular(path, os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def read_regular(path: Path, most: int | None = None) -> bytes:
    """The content. Args: most, bytes; the limit of all files when None. Raises as `open_regular`, and `DataError`
    where it is longer."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if most is not None and size > most:
            raise DataError(f"{path} has {size:,} bytes: at most {most:,} are read of such a file")
        limits().check("bytes", size, str(path))
        return file.read()


def is_regular(path: Path) -> bool:
    """Whether there is a file that `open_regular` opens: no dangling link, no loop of them, no pipe."""
    try:
        return path.is_file()
    except OSError:
        return False


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | (0 if sys.platform == "win32" else os.O_NONBLOCK))


def _expect_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "a device")
        raise DataError(f"{path} is {kind} and no regular file, so it is not read")


@contextmanager
def open_picture(content: Path | bytes, name: str) -> Iterator[Picture]:
    """The picture, of which no pixel is decoded yet; read while the block lasts.

    Args: content, a file or its bytes; name, what messages call it.
    Raises `DataError` for what is no regular file and for too many pixels, and what Pillow meets in a damaged one, an
    `OSError` for the most part.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else open_regular(content)
    with file, _of_any_size(file) as picture:
        limits().check("pixels", picture.width * picture.height, name)
        yield picture


def _of_any_size(file: io.BytesIO | io.BufferedReader) -> Picture:
    """The picture, whose size Pillow would judge by a number of its own."""
    from PIL import Image

    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        return Image.open(file, formats=FORMATS)
    finally:
        Image.MAX_IMAGE_PIXELS = before


def load_tensors(path: Path, harmless: Sequence[Any] = ()) -> Any:
    """The tensors of a file on the CPU, in lists and dictionaries, with what `torch.load` calls plain values.

    Args: harmless, further classes and functions that it may hold, as `torch.serialization.safe_globals` takes them.
    Raises `DataError` for a file that is missing, damaged, as its own checksums show, or too large, and for one that
    holds anything else, which could run code.
    """
    import torch

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
    import torch

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
