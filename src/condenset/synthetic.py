"""The synthetic set: a codec, labels, perhaps weights and learnt rates, and the contract for training on it."""

from __future__ import annotations

import copy
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.utils.data import Dataset

from condenset.codecs.codec import Codec
from condenset.core.batch import Batch
from condenset.core.errors import CondensetError, RequestError
from condenset.core.registries import MODALITIES
from condenset.core.structure import joint, mapped
from condenset.core.untrusted_file import open_picture
from condenset.labels.label import Labels
from condenset.learners.views import Views
from condenset.tasks.exporting import Exported, described
from condenset.tasks.targets.target import Target
from condenset.tasks.task import Modality, Task

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image as Picture

MOST_RATE = 1e3  # that a learnt learning rate can be; under a greater one no network stays finite


@dataclass(frozen=True)
class Budget:
    """Size of a set in bytes, as stored: data, labels (soft ones cost), extras (weights, learnt rates)."""

    data: int
    labels: int
    extras: int

    @property
    def total(self) -> int:
        """Bytes of data, labels and extras together, which a budget bounds."""
        return self.data + self.labels + self.extras


@dataclass(frozen=True)
class Contract:
    """What a learner must do with the set; without it a set loses many points.

    Attributes:
        exam: the exam of the method's paper.
        batches: "shuffled", or "fixed" where items must be replayed in stored order, see `interleaved`: as many
            batches in a pass as there are learnt rates for it.
        epochs: passes over the set where the method fixes them, else None.
        initial: "drawn", or "known" where training must start from the one network that the set is made for.
        notes: further conditions, name -> value.
    """

    exam: str
    batches: str = "shuffled"
    epochs: int | None = None
    initial: str = "drawn"
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Provenance:
    """What a set was made of and how, as whoever made or read it knows. Shared by copies, and left out of a pickle.

    Attributes:
        name: of the data.
        method: that made it; empty where that is not known.
        kind: of the data, a modality's name.
        target: what is predicted.
        groups: names of the groups.
        preprocessing: how raw data became inputs.
        constraints: what holds between the parts of an example.
        draw: draws the set into a PNG file.
        save: writes the set into a new folder and returns it.
        task: the data, where they are open; None where the set was read, which needs none.
    """

    name: str
    method: str
    kind: str
    target: Target
    groups: tuple[str, ...]
    preprocessing: Mapping[str, Any]
    constraints: Mapping[str, Any]
    draw: Callable[[SyntheticSet, Path], None]
    save: Callable[[SyntheticSet, str | Path], Path]
    task: Task | None = None

    @property
    def modality(self) -> Modality:
        """What the kind of data knows. Raises `UnknownNameError` for one that a missing plug-in brings."""
        modality: Modality = MODALITIES.get(self.kind)
        return modality

    def __deepcopy__(self, memo: dict[int, Any]) -> Provenance:
        """Itself: the data are not copied with a set."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """None: a set that is sent elsewhere does not take the data with it."""
        return type(None), ()


class SyntheticSet(nn.Module):
    """A distilled set. `print` says what it holds, and a notebook shows it.

    Attributes:
        codec: what is stored and how it decodes.
        labels: what supervises.
        groups: (items,) int64, the group that each item was budgeted for.
        weights: (items,) float32, what an item counts for in training; None: they count alike.
        log_rates: log of the learnt learning rate per inner step, (steps,) or (1,); None when not learnt.
        contract: how to train on it.
        provenance: what it was made of; None for one that was put together by hand. A pickle leaves it out.
    """

    groups: Tensor
    weights: Tensor | None
    provenance: Provenance | None

    def __init__(
        self,
        codec: Codec,
        labels: Labels,
        groups: Int[Tensor, " items"],
        contract: Contract,
        rates: Float[Tensor, " steps"] | None = None,
        weights: Float[Tensor, " items"] | None = None,
    ) -> None:
        """Args: rates, learning rates to begin learning from, (1,) shared or (steps,) per step; None: not learnt."""
        super().__init__()
        self.codec, self.labels = codec, labels
        self.register_buffer("groups", groups)
        self.register_buffer("weights", weights)
        self.contract = contract
        self.log_rates = None if rates is None else nn.Parameter(rates.detach().clone().float().log())
        self._items: Tensor | None = None
        self.provenance = None

    def __len__(self) -> int:
        """Number of items, as the budget counts them; one may decode to several examples."""
        return len(self.groups) if self._items is None else int(self._items.sum())

    @property
    def origin(self) -> Int[Tensor, " decoded"]:
        """The stored item of every decoded example, (decoded,), of those that are left out, too."""
        origin = self.codec.origin()
        return torch.arange(len(self.groups), device=self.groups.device) if origin is None else origin

    def decode(self, index: Int[Tensor, " chosen"] | None = None) -> Batch:
        """Decoded examples, inputs (decoded, ...) with their items' targets, differentiable in what is stored.

        Args: index, which of the decoded examples; None: all. Of what is read together (the nodes of a graph) all are
            decoded, and the weight of those that were not chosen is 0.
        """
        origin = self.origin
        if self._items is not None:
            there = self._items[origin].nonzero().flatten()
            index = there if index is None else there[index]
        if index is None or self.codec.joint:
            batch = self._batch(None, origin)
            return batch if index is None else batch.select(index)
        return self._batch(index, origin[index])

    def _batch(self, index: Tensor | None, origin: Int[Tensor, " decoded"]) -> Batch:
        inputs, labels = self.codec() if index is None else self.codec(index), self.labels()
        targets = self.codec.targets(index) if labels is None else labels[origin]
        weight = torch.ones(len(origin), device=origin.device) if self.weights is None else self.weights[origin]
        return Batch(inputs, targets, self.groups[origin], weight)

    def replaced(
        self,
        *,
        codec: Codec | None = None,
        labels: Labels | None = None,
        weights: Float[Tensor, " items"] | None = None,
    ) -> SyntheticSet:
        """The same items with another codec, other labels or other weights (items,)."""
        parts = codec or self.codec, labels or self.labels, self.groups, self.contract, self.rates()
        changed = SyntheticSet(*parts, self.weights if weights is None else weights)
        changed._items = self._items
        return changed

    def only(self, items: Bool[Tensor, " items"]) -> SyntheticSet:
        """The same set, with all its tensors shared, of which only the marked items are decoded."""
        part = copy.copy(self)
        part._items = items
        return part

    @property
    def views(self) -> Views | None:
        """Of its items, with what a teacher said of each, where its labels are of views."""
        return self.labels.views

    def rates(self) -> Float[Tensor, " steps"] | None:
        """The learnt learning rates, (steps,) or (1,) float32, always positive; None when not learnt."""
        return None if self.log_rates is None else self.log_rates.exp()

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Learnable tensors by the name that a recipe's optimisers use: data, ..., labels, rate."""
        groups = dict(self.codec.parameter_groups())
        groups["labels"] = list(self.labels.parameters())
        groups["rate"] = [] if self.log_rates is None else [self.log_rates]
        return {name: parameters for name, parameters in groups.items() if parameters}

    def nbytes(self) -> Budget:
        """Bytes of what is stored."""
        data, labels = (
            sum(t.numel() * t.element_size() for t in part.state_dict().values()) for part in (self.codec, self.labels)
        )
        extras = sum(part.numel() * 4 for part in (self.log_rates, self.weights) if part is not None)
        return Budget(data, labels, extras)

    def as_dataset(self) -> Dataset[tuple[Any, Any]]:
        """A `torch.utils.data.Dataset` of (input, target) pairs for your own training loop.

        Raises `RequestError` for a graph, whose nodes have no meaning one by one: use `decode()`.
        """
        batch = self.decode().detach()
        if joint(batch.inputs):
            raise RequestError("a graph is one example with many nodes: use decode(), which returns all of them")
        return Examples(batch)

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of their indices; empty where it is no class that is predicted."""
        known = self._known()
        return known.groups if "classes" in known.target.offers else ()

    @property
    def mean(self) -> Float[Tensor, " channels"] | None:
        """What was subtracted from raw values, a picture's in [0, 1], per channel, before any whitening.

        None where inputs are not standardised by channel; `to_pandas` has raw values of any kind of data.
        """
        return self._constant("mean")

    @property
    def std(self) -> Float[Tensor, " channels"] | None:
        """What raw values were divided by after that, per channel; None as for `mean`."""
        return self._constant("std")

    def to_pandas(self) -> pd.DataFrame:
        """The decoded examples as a table in raw values, with what is predicted, as the kind of data writes them.

        Columns "soft_<class>" hold soft labels. Raises `RequestError` for a set whose data are not known,
        `ArtifactError` for one that was altered.
        """
        known, batch = self._known(), self.decode().detach().to("cpu")
        about = known.name, known.target, known.groups, known.preprocessing, self.rates()
        with described("the set is no table"):
            return known.modality.frame(Exported(batch, *about, readme="", constraints=known.constraints))

    def plot(self) -> Picture:
        """A picture of what it holds, which a notebook shows and `plot().save("set.png")` writes.

        Raises `RequestError` for a set whose data are not known.
        """
        with open_picture(self._png(), "the picture of the set") as picture:
            picture.load()
            return picture

    def save(self, folder: str | Path) -> Path:
        """Write the set into a new folder, which `condenset.load` and `condenset.evaluate` read; returns the folder.

        Raises `RequestError` where the folder holds a set already and for a set whose data are not known,
        `CondensetError` where it cannot be written.
        """
        return self._known().save(self, folder)

    def __repr__(self) -> str:
        """Its items, data, method and bytes, in a line."""
        return f"<{self._told()}>"

    def _repr_html_(self) -> str:
        """The same with its picture, where there is one, for notebooks."""
        try:
            picture = _embedded(self._png())
        except CondensetError:
            picture = ""
        return f"<figure><figcaption>{escape(self._told())}</figcaption>{picture}</figure>"

    def _told(self) -> str:
        size, known = self.nbytes(), self.provenance
        stored = f"{size.total:,} bytes, {size.labels:,} of them labels"
        if known is None:
            return f"SyntheticSet of {len(self)} items: {stored}"
        made = f"from {known.name} by {known.method}" if known.method else f"from {known.name}"
        return f"SyntheticSet of {len(self)} items {known.target.content()}, {made}: {stored}"

    def _known(self) -> Provenance:
        if self.provenance is None:
            raise RequestError(
                "this set does not know the data it was made of: take the one that distill or load returned"
            )
        return self.provenance

    def _constant(self, name: str) -> Tensor | None:
        values = self._known().preprocessing.get(name)
        return None if values is None else torch.tensor(values, dtype=torch.float32)

    def _png(self) -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "set.png"
            self._known().draw(self, path)
            return path.read_bytes()


def _embedded(png: bytes) -> str:
    return f'<img alt="what the set holds" src="data:image/png;base64,{b64encode(png).decode()}">'


class Examples(Dataset[tuple[Any, Any]]):
    """(input, target) pairs of a batch of examples that are read one by one."""

    def __init__(self, batch: Batch) -> None:
        """Args: batch, whose tensors are (examples, ...)."""
        self._batch = batch

    def __len__(self) -> int:
        return len(self._batch)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"example {index} of {len(self)}")
        return mapped(lambda tensor: tensor[index], (self._batch.inputs, self._batch.targets))


def stages_of(groups: Int[Tensor, " items"], stages: int) -> Int[Tensor, " items"]:
    """The part, from 0, that each item belongs to where every group is cut into `stages` parts of about one size."""
    return ranks(groups) * stages // torch.bincount(groups)[groups]


def ranks(groups: Int[Tensor, " items"]) -> Int[Tensor, " items"]:
    """How many items of its group come before each item."""
    order = groups.argsort(stable=True)
    sizes = torch.bincount(groups)
    first = sizes.cumsum(0) - sizes
    rank = torch.empty_like(groups)
    rank[order] = torch.arange(len(groups), device=groups.device) - first[groups[order]]
    return rank
