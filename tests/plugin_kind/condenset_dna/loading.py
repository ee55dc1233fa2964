"""Opens DNA as a task: a FASTA file, or texts in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from condenset.core.errors import DataError
from condenset.core.spec import Leaf
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.labelled.assembly import Asked, LabelledData, Reading, labelled_task
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.task import Task
from condenset_dna.matthews import Matthews
from condenset_dna.nucleotides import BASES, one_hot


@dataclass(frozen=True)
class Sequences:
    """Sequences over `BASES` (n,), and what each is (n,)."""

    texts: tuple[str, ...]
    labels: pd.Series

    def __len__(self) -> int:
        return len(self.texts)

    def at(self, index: Any) -> Sequences:
        """Those at these places (chosen,)."""
        return Sequences(tuple(self.texts[i] for i in index), self.labels.iloc[index].reset_index(drop=True))


def open_dna(source: str | Path, *, seed: int = 0, test_fraction: float = 0.2) -> Task:
    """The task of a FASTA file whose headers end in the label. Raises `DataError`."""
    path, arguments = Path(source), {"source": str(source), "seed": seed, "test_fraction": test_fraction}
    return _task(path.stem, _read(path), bytes_on_disk([path]), Asked(seed, test_fraction, arguments))


def recognise(path: Path) -> bool:
    """Whether a path is a FASTA file."""
    return is_regular(path) and path.suffix in (".fasta", ".fa")


def takes_dna(thing: Any) -> bool:
    """Whether an object is a pair of texts and labels."""
    return isinstance(thing, tuple) and [type(part) for part in thing] == [list, list] and isinstance(thing[0][0], str)


def dna_from_object(thing: Any, *, seed: int = 0, test_fraction: float = 0.2, name: str = "dna") -> Task:
    """The task of a pair (texts, labels). Raises `DataError` where they cannot be used."""
    return _task(name, _usable(thing[0], thing[1], name), None, Asked(seed, test_fraction))


def _read(path: Path) -> Sequences:
    try:
        records = [record.split("\n", 1) for record in read_regular(path).decode("ascii").split(">")[1:]]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read ({error}): expected a FASTA file") from error
    texts = ["".join("".join(lines).split()) for _, *lines in records]
    return _usable(texts, [(header.split() or [""])[-1] for header, *_ in records], path.name)


def _usable(texts: list[str], labels: list[str], called: str) -> Sequences:
    if not texts or len(texts) != len(labels):
        raise DataError(f"{called} has {len(texts)} sequences and {len(labels)} labels: expected one for each")
    for number, text in enumerate(texts, 1):
        if len(text) != len(texts[0]) or not text or set(text.upper()) - set(BASES):
            what = f"sequence {number} of {called} is {text[:20]!r}, {len(text)} long"
            raise DataError(f"{what}: expected {BASES} alone, {len(texts[0])} of them as in the first; leave it out")
    return Sequences(tuple(text.upper() for text in texts), pd.Series(labels, name="label", dtype=str))


def _task(name: str, sequences: Sequences, files: int | None, asked: Asked) -> Task:
    digest = hashlib.sha256("\n".join([*sequences.texts, *sequences.labels]).encode()).hexdigest()
    code = code_target(sequences.labels, "classification")
    code = replace(code, target=Matthews(code.groups.names))
    return labelled_task("dna", LabelledData(name, sequences, digest, files=files), _reading, asked, code=code)


def _reading(data: LabelledData, code: TargetCode) -> Reading:
    length = len(data.train.texts[0])
    return Reading(
        spec=Leaf((len(BASES), length), meaning="series"),
        inputs=_inputs,
        nbytes=length,
        told=f"sequences of {length} bases",
        preprocessing={"kind": "dna", "target": code.record()},
        resources={"bases": "one of four at each place", "features": "their places"},
    )


def _inputs(sequences: Sequences) -> Tensor:
    return one_hot(torch.tensor([[BASES.index(base) for base in text] for text in sequences.texts]))
