"""From labelled examples of any kind to a task: split, target, inputs, what is said of them.

A kind of data brings what only it knows, how its examples become inputs, and gets the rest from here:

    from condenset.tasks.labelled.assembly import Asked, LabelledData, Reading, labelled_task

    def open_songs(source: str, *, seed: int = 0, test_fraction: float = 0.2) -> Task:
        songs = read_songs(Path(source))  # a `Labelled`: `labels`, a pandas Series, `len` and `at(places)`
        arguments = {"source": source, "seed": seed, "test_fraction": test_fraction}
        data = LabelledData(songs.name, songs, sha256=songs.digest())
        return labelled_task("songs", data, read, Asked(seed, test_fraction, arguments))

    def read(data: LabelledData, code: TargetCode) -> Reading:  # measures on `data.train` alone
        mean = data.train.pitches.mean(0)
        return Reading(
            spec=Leaf(mean.shape),
            inputs=partial(inputs_of, mean=mean),  # of a part -> a tensor (n, ...), or another container
            nbytes=4 * mean.size,
            told="pitches, less their mean",
            preprocessing={"target": code.record(), "mean": mean.tolist()},
        )

Columns of labels in their original type come back by `raw_targets(targets, preprocessing["target"])`, for pictures and
exports.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self, TypeVar

import torch

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import DataError, RequestError
from condenset.core.registries import MODALITIES
from condenset.core.spec import Spec
from condenset.nets.network import Network
from condenset.tasks.footprint import footprint, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.labelled.split import Labelled, split_rows
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.recognised import NO_VALIDATION, Recognised, drawn
from condenset.tasks.task import Augmentation, NoAugmentation, Task, as_drawn
from condenset.tasks.view import View

TEST_OF_FILE = "open it with a --test-fraction above 0, or with --test-path"  # where a kind has that option


@dataclass(frozen=True)
class Asked:
    """What is asked of labelled examples.

    Attributes:
        seed, test_fraction: of the split into training and test examples where the data have no test, stratified by
            class or bin; a share in [0, 1), of 0 nothing is held out.
        source: JSON-able arguments that open the task again; empty where only an object can.
    """

    seed: int = 0
    test_fraction: float = 0.2
    source: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LabelledData:
    """Labelled examples before anything is decided about them.

    Attributes:
        name: of the task.
        train: all examples, or those to train on where there are others.
        sha256: of the raw content of `train`, hex.
        test, validation: where the data define them.
        files: bytes of the files that hold `train`; None: in no file.
        why: why the label is that, in words.
        tested, validated: which examples are held out, in words; empty: those of `test` and of `validation`.
        untested: how examples to test on are come by, for the error where there are none.
    """

    name: str
    train: Any
    sha256: str
    test: Any = None
    validation: Any = None
    files: int | None = None
    why: str = "as given"
    tested: str = ""
    validated: str = ""
    untested: str = "open it with a --test-fraction above 0"

    def split(self, asked: Asked, items: str, kind: str | None = "classification") -> Self:
        """With a test: its own one where there is one, else a stratified share of `train`, of 0 nothing.

        Args: items, what the examples are called; kind, of the target, as of `code_target`.
        Raises `DataError` where there are too few.
        """
        fraction, seed = asked.test_fraction, asked.seed
        if self.test is not None:
            return replace(self, tested=self.tested or _own(self.test, items))
        if fraction == 0:
            return replace(self, tested="none: nothing was held out")
        kept, away = split_rows(self.train.labels, kind, seed, fraction)
        files, tested = share(self.files, len(kept), len(self.train)), drawn(len(away), fraction, seed, items)
        return replace(self, train=self.train.at(kept), test=self.train.at(away), files=files, tested=tested)


Data = TypeVar("Data", bound=LabelledData)  # that of a kind, which may say more of it


@dataclass(frozen=True)
class Reading:
    """How examples of a kind become inputs, measured on the training examples alone.

    Attributes:
        spec: one example as networks see it.
        inputs: the inputs (n, ...) of a part; of a module, or a `partial` of that.
        nbytes: of an example in its own types, less its label.
        told: what an example became, in words.
        target: what is predicted, in words; empty: the label by its name, and why it is that.
        columns, dropped, doubts: as of `Recognised`; doubts are warned of.
        preprocessing, constraints, augmentation, initialise, resources: as of `Task`; "target" of the first is
            `code.record()`.
    """

    spec: Spec
    inputs: Callable[[Any], Inputs]
    nbytes: int
    told: str
    target: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    preprocessing: dict[str, Any] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    augmentation: Augmentation = field(default_factory=NoAugmentation)
    initialise: Callable[[Network], Network] = as_drawn
    resources: Mapping[str, Any] = field(default_factory=dict)

    def batch(self, part: Labelled, code: TargetCode) -> Batch:
        """A part as a batch. Raises `DataError` for a class that no training example has."""
        targets = code.encode(part.labels)
        return Batch(self.inputs(part), targets, code.groups.of(targets), torch.ones(len(part)))


def labelled_task(
    modality: str,
    data: Data,
    read: Callable[[Data, TargetCode], Reading],
    asked: Asked,
    kind: str | None = "classification",
    code: TargetCode | None = None,
) -> Task:
    """The task of labelled examples in memory.

    Args:
        modality: name of the kind of data.
        read: decides how examples become inputs, by `train` of the data that it is given, which are split, and says
            their target; raises `DataError` for test examples that do not fit.
        kind: of the target, "classification", "regression", or None: by the labels.
        code: the target, where it is known before.

    Raises `RequestError` for an impossible share, and `DataError` for labels that cannot be used, such as those of a
    class that is too small to be split.
    """
    if not 0 <= asked.test_fraction < 1:
        raise RequestError(f"--test-fraction {asked.test_fraction:g} is impossible: expected a share from 0 to below 1")
    items = MODALITIES.get(modality).items
    data = data.split(asked, items, kind)
    code = code or code_target(data.train.labels, kind)
    reading = read(data, code)
    train = InMemoryView(reading.batch(data.train, code), len(code.groups))
    task = described(modality, data, code, reading, train, test_opener(data, reading, code, items), asked.source)
    if data.validation is None:
        return task
    told = replace(task.recognised, validation=data.validated or _own(data.validation, items))
    return replace(task, validation=reading.batch(data.validation, code), recognised=told)


def expect_known_classes(data: LabelledData, code: TargetCode) -> None:
    """Raises `DataError` at once for classes of test and validation examples that no training example has."""
    for part in (data.test, data.validation):
        if part is not None:
            code.encode(part.labels)


def described(
    modality: str,
    data: LabelledData,
    code: TargetCode,
    reading: Reading,
    train: View,
    held_out: Callable[[], Batch],
    source: dict[str, Any],
) -> Task:
    """The task of labelled examples that are anywhere, such as on disk; of `data` only what is said of them is asked.

    Warns of doubts. Args: train, held_out, source, as of `Task`; the rest as of `labelled_task`.
    """
    for doubt in reading.doubts:
        warnings.warn(doubt, stacklevel=2)
    target = code.counted(train.counts())
    return Task(
        name=data.name,
        modality=MODALITIES.get(modality),
        input_spec=reading.spec,
        target=target,
        groups=code.groups,
        train=train,
        held_out=held_out,
        augmentation=reading.augmentation,
        preprocessing=reading.preprocessing,
        constraints=reading.constraints,
        fingerprint={"rows": len(train), "sha256": data.sha256},
        source=source,
        footprint=footprint(data.files, len(train), reading.nbytes + code.nbytes),
        recognised=Recognised(
            target=f"{reading.target or f'{code.name}, {data.why}'}: {target.describe()}",
            inputs=reading.told,
            columns=reading.columns,
            dropped=reading.dropped,
            test=data.tested,
            validation=NO_VALIDATION,
            doubts=reading.doubts,
        ),
        initialise=reading.initialise,
        resources=reading.resources,
    )


def test_opener(data: LabelledData, reading: Reading, code: TargetCode, items: str) -> Callable[[], Batch]:
    """What opens the test examples; it raises `DataError` where there are none."""
    return partial(_held_out, data.test, reading, code, f"{data.name} has no test {items}: {data.untested}")


def _held_out(test: Labelled | None, reading: Reading, code: TargetCode, none: str) -> Batch:
    if test is None:
        raise DataError(none)
    return reading.batch(test, code)


def _own(part: Labelled, items: str) -> str:
    return f"{len(part)} {items} of their own"
