"""A task: training data, target, held-out data, and what its modality knows; the only thing a method is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core import structure
from condenset.core.asset import Asset
from condenset.core.batch import Batch, Inputs, placed
from condenset.core.cache import digest
from condenset.core.groups import Groups
from condenset.core.outcome import Outcome
from condenset.core.registries import MODALITIES
from condenset.core.rng import Rng
from condenset.core.spec import Spec, meanings
from condenset.nets.network import Network, draw_network
from condenset.tasks.contender import Contender
from condenset.tasks.exporting import Exported, Exporter, plain_frame, write_npz
from condenset.tasks.footprint import Footprint
from condenset.tasks.option import Option
from condenset.tasks.part import divided
from condenset.tasks.recognised import Recognised
from condenset.tasks.targets.target import Target
from condenset.tasks.view import View

Model = Callable[[Inputs], Float[Tensor, "n outputs"]]


@runtime_checkable
class Augmentation(Protocol):
    """Differentiable transformations whose drawn parameters are data, so that two batches can share them."""

    @property
    def mirrors(self) -> bool:
        """Whether the mirror image of an example shows the same."""

    def without(self, group: str) -> Augmentation:
        """The same less one group of operations; itself where it has no such group."""

    def changed(self, **fields: Any) -> Augmentation:
        """The same with other values of its fields; itself where it has none."""

    def draw(self, examples: int, rng: Rng) -> Any:
        """A record for `examples` examples; a record for 1 example applies alike to a whole batch (siamese)."""

    def apply(self, record: Any, inputs: Inputs) -> Inputs:
        """The inputs transformed, in the same shape; differentiable in the inputs."""


@runtime_checkable
class Replayable(Augmentation, Protocol):
    """An augmentation whose records of single examples can be stored, a row of numbers for each."""

    def rows(self, record: Any) -> Float[Tensor, "examples numbers"]:
        """A record as rows. Raises `RequestError` for one that transforms a batch as a whole."""

    def record(self, rows: Float[Tensor, "examples numbers"]) -> Any:
        """The record of rows."""


def _as_they_are(inputs: Tensor, preprocessing: Mapping[str, Any]) -> Tensor:
    return inputs


_VALIDATION = 0.2  # of the training examples


def _never(told: str | Path) -> bool:
    return False


def as_drawn(network: Network) -> Network:
    """A network whose weights nothing is known of beforehand."""
    return network


def _usual(share: int) -> None:
    return None


class NoAugmentation:
    """Leaves inputs as they are."""

    mirrors = False

    def without(self, group: str) -> NoAugmentation:
        """There is none to leave out."""
        return self

    def changed(self, **fields: Any) -> NoAugmentation:
        """There is nothing to change."""
        return self

    def draw(self, examples: int, rng: Rng) -> None:
        """Nothing to draw."""

    def apply(self, record: None, inputs: Inputs) -> Inputs:
        """The inputs (n, ...), unchanged."""
        return inputs


@dataclass(frozen=True)
class Objects:
    """The objects that a kind of data opens.

    Attributes:
        accepted: what they are, in words.
        takes: whether an object is one of them; quick.
        open: `(object, options) -> Task`; raises `DataError` and `RequestError`.
        unasked: whether such an object is taken to be of this kind where no kind is said.
    """

    accepted: tuple[str, ...]
    takes: Callable[[Any], bool]
    open: Callable[..., Task]
    unasked: bool = True


@dataclass(frozen=True)
class Modality:
    """What all tasks of one kind of data share.

    Attributes:
        name: "image", "tabular", "graph".
        network: default architecture, with fields.
        kernel: default kernel of kernel ridge regression ("ntk", "sntk"); empty: there is none.
        regulariser: of kernel ridge regression, times trace / items on the diagonal.
        codec: default codec.
        exam: default exam.
        learners: the learners that `fair` averages over.
        datasets: known names -> one-line descriptions.
        open: `(name or path, options) -> Task`; raises `DataError` and `RequestError`.
        recognise: whether a path looks like data of this modality; by default none does.
        objects: which objects of a running program it opens, and how; None: none.
        represent: `(inputs) -> (n, d)` the vectors that coresets and clusterings measure distances in; by default the
            inputs as rows.
        preview: `(task, batch, path)` draws decoded examples into a PNG file.
        exporters: format -> `(exported, path)` writes a set for other tools.
        frame: `(exported) -> DataFrame` the set as a table of raw values.
        general: whether it takes what another kind of data knows more of, so that it is asked last.
        learnable_codec: of sets that are learnt, where the default one stores real examples alone; empty: the default.
        readable: codecs of sets that people read row by row: the page shows a table of them.
        means_are_examples: whether the mean of examples is one, too; where it is none, k-means takes the nearest to
            each.
        items: what its examples are called, "images".
        categories: kind of target -> category of the Hub.
        options: what `open` can be told on the command line.
        rivals: coreset methods that belong in every table of this kind of data, beside those that all kinds share.
        compressed: coreset methods that store real examples in fewer bytes than the data do, such as pictures at a
            lower quality: they belong in every table of sets that were made within bytes.
        knows: whether a text that is no path names data of this kind, such as an identifier of another library.
        offers: what its tasks offer to methods, all that any of them does; for listings.
        teachers: learners that label items well when they were trained on the data; empty: none is known.
        narrow: `(share) -> architecture` that is quick to train, of 1/share of the usual width; None: the usual one.
        legal: `(inputs, preprocessing) -> inputs`, the nearest examples that the data could hold.
        contenders: recipes that may suit it, tried after those of all kinds where one is to be recommended.
        files: what it recognises, in words, for who gives something else.
    """

    name: str
    network: str
    kernel: str
    codec: str
    exam: str
    learners: tuple[str, ...]
    datasets: dict[str, str]
    open: Callable[..., Task]
    preview: Callable[[Task, Batch, Path], None]
    recognise: Callable[[Path], bool] = _never
    represent: Callable[[Inputs], Tensor] = structure.vectors
    exporters: Mapping[str, Exporter] = field(default_factory=lambda: {"npz": write_npz})
    regulariser: float = 1e-6
    items: str = "examples"
    categories: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    rivals: tuple[str, ...] = ()
    compressed: tuple[str, ...] = ()
    knows: Callable[[str], bool] = _never
    offers: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()
    narrow: Callable[[int], str | None] = _usual
    legal: Callable[[Tensor, Mapping[str, Any]], Tensor] = _as_they_are
    objects: Objects | None = None
    frame: Callable[[Exported], Any] = plain_frame
    general: bool = False
    learnable_codec: str = ""
    readable: tuple[str, ...] = ()
    means_are_examples: bool = True
    contenders: tuple[Contender, ...] = ()
    files: tuple[str, ...] = ()


@runtime_checkable
class Grader(Protocol):
    """How a model is scored, a function of a module, since tasks are sent to workers."""

    def __call__(self, model: Model, batch: Batch, target: Target, rng: Rng) -> Outcome:
        """What comes of a model (n, ...) -> (n, outputs) on held-out examples: every metric of the target."""


def by_prediction(model: Model, batch: Batch, target: Target, rng: Rng, ordered: bool = False) -> Outcome:
    """The model's predictions (n, outputs) for the examples of a batch. Args: ordered, as of `Outcome`."""
    chosen = batch.examples()
    predictions = model(batch.inputs)[chosen].float()
    targets = structure.take(batch.targets, chosen)

    def grades(index: Int[Tensor, " chosen"]) -> dict[str, float]:
        index = index.to(predictions.device)
        return target.grades(predictions[index], structure.take(targets, index))

    return Outcome(len(chosen), grades, ordered)


@dataclass(frozen=True)
class Task:
    """Data to distil.

    Attributes:
        name: dataset name, or the path's last part.
        modality: what its kind of data knows.
        input_spec: one example as networks see it.
        target: what is predicted.
        groups: which sum an example is in.
        train: the training data, already as networks see it; the only data that a method can reach.
        held_out: opens the test data; only `grade` calls it. Of a module (or a `partial` of that), since tasks are
            sent to workers.
        validation: data for selection that is neither trained nor tested on, where the dataset defines it.
        grader: how a model is scored on either.
        augmentation: differentiable augmentation, by name of the strategy.
        preprocessing: JSON-able record of how raw data became inputs (normalisation, columns).
        constraints: JSON-able record of what holds between the parts of an example, which decoded ones keep.
        fingerprint: {"rows": int, "sha256": hex} of the training data.
        source: JSON-able arguments that open the same task again.
        footprint: what the training data take as they are.
        recognised: what the data were taken for.
        initialise: `(network) -> network`, what it gives the known network of an architecture before any training, such
            as word vectors that were learnt without labels. Of a module (or a `partial` of that), as `held_out`.
        resources: what else it offers to methods that need it, by name ("environment", "language").
        assets: what its examples are read with, which every set of them is made with.
    """

    name: str
    modality: Modality
    input_spec: Spec
    target: Target
    groups: Groups
    train: View
    held_out: Callable[[], Batch]
    validation: Batch | None = None
    grader: Grader = by_prediction
    augmentation: Augmentation = field(default_factory=NoAugmentation)
    preprocessing: dict[str, Any] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    fingerprint: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    footprint: Footprint = field(default_factory=Footprint)
    recognised: Recognised = field(default_factory=Recognised)
    initialise: Callable[[Network], Network] = as_drawn
    resources: Mapping[str, Any] = field(default_factory=dict)
    assets: tuple[Asset, ...] = ()

    @property
    def offers(self) -> frozenset[str]:
        """What methods may need.

        The meanings of its inputs; "independent" where examples are read one by one, "differentiable" where all are
        numbers; "kernel" and "teachers" where its kind of data has them; what its target offers, and what it has more.
        """
        independent = set() if structure.joint_spec(self.input_spec) else {"independent"}
        differentiable = {"differentiable"} if structure.differentiable_spec(self.input_spec) else set()
        kernel = {"kernel"} if self.modality.kernel else set()
        teachers = {"teachers"} if self.modality.teachers else set()
        own = independent | differentiable | kernel | teachers | set(self.resources)
        return meanings(self.input_spec) | self.target.offers | own

    @property
    def device(self) -> torch.device:
        """Where batches and networks of the task are."""
        return self.train.device

    def to(self, device: torch.device | str) -> Task:
        """The same task on a device: training data in memory lie there, all other data come there as they are read."""
        if torch.empty(0, device=device).device == self.device:  # a name without a number is the one that is set
            return self
        validation = None if self.validation is None else self.validation.to(device)
        held_out = partial(placed, device, self.held_out)
        return replace(self, train=self.train.to(device), held_out=held_out, validation=validation)

    def network(self, name: str | None, rng: Rng) -> Network:
        """A freshly initialised network from inputs (n, ...) to logits (n, outputs), where the data are.

        The modality's default when `name` is None.
        """
        name = name or self.modality.network
        return draw_network(name, self.input_spec, self.target.output_spec, rng, self.device)

    def known_network(self, name: str | None) -> Network:
        """The one network of an architecture that sets with a known initialisation are made for."""
        return self.initialise(self.network(name, Rng(0).child("known")))

    def narrow(self, share: int = 4) -> str | None:
        """An architecture that is quick to train, of 1/share of the usual width; None: the usual one."""
        return self.modality.narrow(share)

    def outcome(self, model: Model, rng: Rng) -> Outcome:
        """What comes of a model (n, ...) -> (n, outputs) on the test data; only `evaluation` asks for it."""
        return self.grader(model, _opened(self.held_out), self.target, rng)

    def grade(self, model: Model, rng: Rng) -> dict[str, float]:
        """Every metric of a model (n, ...) -> (n, outputs) on the test data."""
        return dict(self.outcome(model, rng).grades)

    def learning_from(self, train: View, *told: Tensor) -> Task:
        """The same task with other training data, which its fingerprint says. Args: told, by what they differ."""
        content = f"{self.fingerprint.get('sha256', '')} {digest(*told)}"
        told_apart = {"rows": len(train), "sha256": hashlib.sha256(content.encode()).hexdigest()}
        return replace(self, train=train, fingerprint=self.fingerprint | told_apart)

    def with_validation(self, number: int = 0) -> Task:
        """The same task with validation data: those that it has, or else a fifth of every group's training examples,
        which it then no longer trains on. Settings are chosen on such a task. Args: number, of the draw of that fifth.
        """
        if self.validation is not None:
            return self
        train, others = divided(self.train, _VALIDATION, Rng(0).child("validation", *([number] if number else [])))
        return replace(self.learning_from(train, others), validation=self.train.select(others))

    def validate(self, model: Model, rng: Rng) -> float:
        """The first metric of a model (n, ...) -> (n, outputs) on the validation data, of which there must be some."""
        assert self.validation is not None
        return self.judged(model, self.validation, rng)

    def judged(self, model: Model, batch: Batch, rng: Rng) -> float:
        """The first metric of a model (n, ...) -> (n, outputs) on some examples."""
        return self.grader(model, batch, self.target, rng).grades[self.target.metrics[0].name]

    def mean_loss(self, logits: Float[Tensor, "n outputs"], batch: Batch) -> Float[Tensor, ""]:
        """Weighted mean loss over a batch."""
        return batch.mean(self.target.loss(logits, batch.targets))

    def squared_loss(self, logits: Float[Tensor, "n outputs"], batch: Batch) -> Float[Tensor, ""]:
        """Half the squared error against centred targets, summed over outputs; weighted mean over a batch."""
        error = (logits - self.target.centred(batch.targets)).square().sum(1)
        return 0.5 * batch.mean(error)


@lru_cache(maxsize=1)
def _opened(held_out: Callable[[], Batch]) -> Batch:
    return held_out()


def modalities() -> Sequence[Modality]:
    """Every modality, found by scanning the folder, and those of plug-ins; the general ones last."""
    return sorted(MODALITIES.things().values(), key=lambda modality: modality.general)
