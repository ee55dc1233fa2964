"""Ways to damage a file: bytes, what a format keeps in them, and what stands in the file's place."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import struct
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import tomli_w
import torch

Damage = Callable[[Path, Random], None]
CANARY = "canary"  # a folder of that name beside the files: some code of theirs was run

_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 0.0, -0.5, 1e-310, 1e308, float("nan"), float("inf"),
    "", "a", "none", "../../x", "/etc/hostname", "\x1b[2J\x07", "\x00", "a\nb", "\u202egnp", "\u2028", "x" * 100_000,
    [], [0], [[]], [2**40, 2**40], [None], {}, {"": {}}, {"kind": "os"}, "https://example.org", "raw", "mlp:width=1e9",
)  # fmt: skip
_TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J", b"\r", b"\n\n", b'"', b",", b"[" * 5000, b"{", b"}", b"1e999",
    b"NaN", b"-1", b"9" * 400, b"../", b"\x80\x04", b"\xed\xa0\x80", b"=", b"#", b"true", b"null", b"\x93NUMPY",
)  # fmt: skip


class _Canary:
    """Makes a folder where it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


def pickled(path: Path, random: Random) -> None:
    """A pickle that runs code, bare or in one of the containers that may hold one, in place of the file."""
    canary = _Canary(path.parent / CANARY)
    match random.randrange(4):
        case 0:
            path.write_bytes(pickle.dumps(canary, protocol=random.randrange(6)))
        case 1:
            torch.save(canary, path)
        case 2:
            torch.save({"data": [[torch.zeros(1), canary]]}, path, _use_new_zipfile_serialization=False)
        case _:
            objects = np.array([canary], dtype=object)
            with path.open("wb") as file:
                np.savez(file, x=objects, y=objects, edge_index=objects, observations=objects, actions=objects)


def replaced(path: Path, random: Random) -> None:
    """Something else in place of the file: nothing, emptiness, a folder, a pipe, a link, a sparse file."""
    path.unlink()
    match random.randrange(7):
        case 0:
            path.touch()
        case 1:
            path.mkdir()
        case 2:
            os.mkfifo(path)
        case 3:
            path.symlink_to(path)
        case 4:
            path.symlink_to("/dev/zero")
        case 5:
            with path.open("wb") as file:
                file.truncate(2**42)
        case _:
            pass


def bytewise(path: Path, random: Random) -> None:
    """Bytes changed, dropped, doubled or put in, once or a few times."""
    content = bytearray(path.read_bytes())
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        _change(content, random)
    path.write_bytes(content)


def _change(content: bytearray, random: Random) -> None:
    start = random.randrange(len(content) + 1)
    end = min(len(content), start + random.choice((1, 1, 4, 64, 1024)))
    match random.randrange(7):
        case 0 if start < len(content):
            content[start] ^= 1 << random.randrange(8)
        case 1:
            content[start:end] = random.randbytes(end - start)
        case 2:
            del content[start:]
        case 3:
            del content[start:end]
        case 4:
            content[start:start] = content[start:end]
        case 5:
            content[start:end] = bytes(end - start)
        case _:
            content[start:start] = random.choice(_TOKENS)


def altered(value: Any, random: Random) -> Any:
    """A structure with one of its parts replaced, left out, doubled or taken from elsewhere in it."""
    holders = list(_holders(value))
    if not holders:
        return random.choice(_VALUES)
    holder = random.choice(holders)
    key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    match random.randrange(5):
        case 0:
            del holder[key]
        case 1:
            other = random.choice(holders)
            holder[key] = json.loads(
                json.dumps(random.choice(list(other.values() if isinstance(other, dict) else other)))
            )
        case 2 if isinstance(holder, list):
            holder.extend(holder * random.choice((1, 100)))
        case 3 if type(holder[key]) in (int, float):
            holder[key] = holder[key] * random.choice((-1, 0.5, 10, 1e6, 1e300))
        case _:
            holder[key] = random.choice(_VALUES)
    return value


def _holders(value: Any) -> Any:
    if isinstance(value, dict | list):
        if value:
            yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _holders(part)


def in_json(path: Path, random: Random) -> None:
    """A part of a JSON file."""
    path.write_text(json.dumps(altered(json.loads(path.read_text()), random)))


def in_lines(path: Path, random: Random) -> None:
    """A part of a line of JSON, or a line that is left out or comes twice."""
    lines = path.read_text().splitlines()
    chosen = random.randrange(len(lines))
    match random.randrange(3):
        case 0:
            del lines[chosen]
        case 1:
            lines.insert(random.randrange(len(lines)), lines[chosen])
        case _:
            lines[chosen] = json.dumps(altered(json.loads(lines[chosen]), random))
    path.write_text("".join(f"{line}\n" for line in lines))


def in_toml(path: Path, random: Random) -> None:
    """A part of a TOML file."""
    record = altered(tomllib.loads(path.read_text()), random)
    with suppress(TypeError, ValueError, AttributeError):  # there is no None in TOML
        path.write_text(tomli_w.dumps(record))


def in_cells(path: Path, random: Random) -> None:
    """Cells, rows or columns of a CSV file."""
    rows = [line.split(",") for line in path.read_text().splitlines()]
    row, column = random.randrange(len(rows)), random.randrange(len(rows[0]))
    match random.randrange(5):
        case 0:
            rows[row] = rows[row][:column]
        case 1:
            rows = [cells[:column] + cells[column + 1 :] for cells in rows]
        case 2:
            rows = rows[: random.choice((0, 1, 2, 3, row))]
        case 3:
            text = str(random.choice(_VALUES))
            rows = [rows[0], *([*cells[:column], text, *cells[column + 1 :]] for cells in rows[1:])]
        case _:
            rows[row][column] = str(random.choice(_VALUES))
    path.write_text("\n".join(",".join(cells) for cells in rows), errors="replace")


def in_tensors(path: Path, random: Random) -> None:
    """The header of a safetensors file; or values, and a card beside it that agrees with them, as a forger would."""
    content = path.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8:begin]), bytearray(content[begin:])
    forged = random.random() < 0.5
    if forged:
        number = random.choice((0.0, -1.0, float("nan"), float("inf"), 1e30, -1e30, 1e-38))
        if data:
            place = random.randrange(max(1, len(data) // 4)) * 4
            data[place : place + 4] = struct.pack("<f", number)[: len(data) - place]
    else:
        header = altered(header, random)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    card = path.parent / "card.json"
    if forged and card.exists():
        record = json.loads(card.read_text())
        record["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        card.write_text(json.dumps(record))


def in_members(path: Path, random: Random) -> None:
    """A member of a zip archive (NPZ, a file of torch), whose checksum is then right again."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(sorted(members))
    content = bytearray(members[name])
    if content.startswith(b"\x93NUMPY") and random.random() < 0.5:
        content = _with_header(bytes(content), random)
    else:
        _change(content, random)
    members[name] = bytes(content)
    if random.random() < 0.1:
        del members[name]
    with zipfile.ZipFile(path, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, written in members.items():
            archive.writestr(name, written)


def _with_header(content: bytes, random: Random) -> bytearray:
    """A NumPy array that claims another shape or type."""
    stream = io.BytesIO(content)
    np.lib.format.read_magic(stream)
    shape, order, kind = np.lib.format.read_array_header_1_0(stream)
    rest, text = stream.read(), np.lib.format.dtype_to_descr(kind)
    if random.random() < 0.5:
        text = random.choice(("<f8", "<i8", "|u1", "<c16", "|O", "<M8[ns]", "|S5", "<U3", ">f4", "|b1"))
    else:
        shape = random.choice(((), (0,), (2**40, 2**40), (1,), shape[::-1], (*shape, 1), (-1,)))
    written = io.BytesIO()
    np.lib.format.write_array_header_1_0(written, {"descr": text, "fortran_order": order, "shape": shape})
    return bytearray(written.getvalue() + rest)


_OF_FORMATS: dict[str, Damage] = {
    ".json": in_json,
    ".jsonl": in_lines,
    ".toml": in_toml,
    ".csv": in_cells,
    ".safetensors": in_tensors,
    ".npz": in_members,
    ".pt": in_members,
}


def damage(path: Path, random: Random) -> str:
    """Damage a file; how, in a word."""
    chosen: Damage = random.choices((bytewise, replaced, pickled), (6, 1, 1))[0]
    if path.suffix in _OF_FORMATS and random.random() < 0.6:
        chosen = _OF_FORMATS[path.suffix]
    chosen(path, random)
    return chosen.__name__


def copied(pristine: Path, here: Path) -> None:
    """A fresh copy of a folder."""
    shutil.copytree(pristine, here, symlinks=True)
