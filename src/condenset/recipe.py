"""A method as data: start, representation, labels, objective, source, optimisers, steps, finish; and its citation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.assets.asset import AssetStore, ReadsAssets
from condenset.assets.network_store import NetworkStore
from condenset.core.budget import Size
from condenset.core.changes import changed
from condenset.core.errors import RequestError
from condenset.core.fields import split_name
from condenset.core.optimisers import Kind
from condenset.core.pricing import priced
from condenset.core.registries import CODECS, FINISHES, METHODS, STARTS
from condenset.core.reported import Reported, with_whitening
from condenset.finishes.finish import Finish, StoresLabels
from condenset.labels.label import label_bytes
from condenset.objectives.objective import Objective
from condenset.sources.source import ReadsExperts, SeesNetworks, Source
from condenset.starts.start import Start
from condenset.synthetic import Contract
from condenset.tasks.task import Task

_SETTLED = 5  # rounds in which counts and recipe of a budget in bytes are to agree


@dataclass(frozen=True)
class Optimiser:
    """How one group of learnable tensors is stepped.

    Attributes:
        kind: "sgd" or "adam".
        rate: learning rate.
        momentum: of SGD.
        final: share of the rate that is left at the last step, which a cosine leads to; 1: the rate is constant.
        active: (period, first, last): steps only while first <= step % period < last; None: at every step.
        clip: a gradient longer than this many times the running mean of its lengths is shortened to that; None: none.
        least: values below this are put back to it after every step, such as 0 for probabilities; None: none.
        legal: whether examples that are stored as they are become ones that the data could hold after every step:
            pixels between black and white.
    """

    kind: Kind
    rate: float
    momentum: float = 0.0
    final: float = 1.0
    active: tuple[int, int, int] | None = None
    clip: float | None = None
    least: float | None = None
    legal: bool = False

    def __post_init__(self) -> None:
        """Raises `RequestError` for a rate that is none."""
        if not 0 <= self.rate < math.inf:
            raise RequestError(f"a learning rate is {self.rate}: expected a number of 0 or more")

    def rate_at(self, step: int, steps: int) -> float | None:
        """The learning rate of a step, counted from 0, among `steps`; None where this group does not move."""
        period, first, last = self.active or (1, 0, 1)
        if not first <= step % period < last:
            return None
        return self.rate * (self.final + (1 - self.final) * 0.5 * (1 + math.cos(math.pi * step / steps)))


@dataclass(frozen=True)
class Rates:
    """A learnt learning rate of the inner loop.

    Attributes:
        initial: where it begins.
        steps: 1 for one shared rate, or as many as there are inner steps.
    """

    initial: float
    steps: int = 1


@dataclass(frozen=True)
class Boosting:
    """Items are learnt one part after another, so that the first parts alone are a good smaller set (Feng et al.,
    Embarrassingly Simple Dataset Distillation, ICLR 2024, arXiv 2311.07025).

    Attributes:
        parts: of about one size that every group's items are cut into, with an equal share of the steps each; 1: all
            items are learnt together.
        slowed: times the rate for items of earlier parts; 0 leaves them as they are.
    """

    parts: int = 1
    slowed: float = 0.0

    def __post_init__(self) -> None:
        """Raises `RequestError` for no part."""
        if self.parts < 1:
            raise RequestError(f"boosting.parts is {self.parts}: expected 1, which is all items, or more")

    def part_at(self, step: int, steps: int) -> int:
        """The part, from 0, that a step of so many learns."""
        return step * self.parts // steps


@dataclass(frozen=True)
class Between:
    """A finish that acts while the set is learnt, too, as a plug-in of the steps.

    Attributes:
        finish: what it makes of the set; it stores as much as before, in the same form.
        every: steps after which it acts, again and again.
    """

    finish: Finish
    every: int = 2

    def __post_init__(self) -> None:
        """Raises `RequestError` for no step."""
        if self.every < 1:
            raise RequestError(f"a finish acts every {self.every} steps: expected 1 or more")


@dataclass(frozen=True)
class Recipe:
    """Everything a method is.

    Attributes:
        start: where the set begins.
        codec: what is stored, a codec's name with fields; None for the modality's default, of what is learnt its own.
        labels: a kind of labels with fields, "hard", "soft", "low-rank:rank=4".
        objective, source: what pulls, and the networks it sees; None for a coreset, which is its start.
        network: architecture of the source, None for the task's default.
        augmentation: fields in which the augmentation of all networks differs from the task's.
        optimisers: by group of learnable tensors: data, labels, rate, adjacency.
        rates: the learnt learning rate, None when there is none.
        boosting: whether items are learnt together or one part after another.
        steps: of the outer optimisation.
        between: what acts between steps, by the finish's name.
        finish: applied in order after the last step.
        contract: how a learner must train on the set.
    """

    start: Start
    contract: Contract
    codec: str | None = None
    labels: str = "hard"
    objective: Objective | None = None
    source: Source | None = None
    network: str | None = None
    augmentation: Mapping[str, Any] = field(default_factory=dict)
    optimisers: Mapping[str, Optimiser] = field(default_factory=dict)
    rates: Rates | None = None
    boosting: Boosting = field(default_factory=Boosting)
    steps: int = 0
    between: Mapping[str, Between] = field(default_factory=dict)
    finish: tuple[Finish, ...] = ()

    def __post_init__(self) -> None:
        """Raises `RequestError` for steps that cannot be taken."""
        if self.steps < 0:
            raise RequestError(f"steps is {self.steps}: expected 0 or more")


@dataclass(frozen=True)
class Method:
    """A method and where it comes from; it is called like its file.

    All but `recipe` must be literals: listings read them from the source text. A second method of one publication is
    `replace(other.METHOD, recipe=...)`, with what differs.

    Attributes:
        family: "gradient", "distribution", "kernel", "bilevel", "trajectory", "decoupled" or "coreset".
        needs: what it needs of a task ("grid", "classes"); it runs on every task that offers all of it.
        recipe: `(task, counts) -> Recipe` with counts (groups,) the items per group.
        arxiv: its number there; None for what is elsewhere.
        reported: numbers of the paper.
        whitened: dataset -> "relative" or "absolute", the ZCA under which its numbers were reached.
        published_steps: outer steps of the paper's schedule; a recipe with fewer is called reduced. None: not given.
        doi: of a paper that is not on arXiv.
    """

    family: str
    title: str
    venue: str
    year: int
    needs: tuple[str, ...]
    recipe: Callable[[Task, Int[Tensor, " groups"]], Recipe]
    arxiv: str | None = None
    reported: tuple[Reported, ...] = ()
    whitened: Mapping[str, str] = field(default_factory=dict)
    published_steps: int | None = None
    doi: str | None = None

    def __post_init__(self) -> None:
        """Numbers carry the whitening of their dataset."""
        object.__setattr__(self, "reported", with_whitening(self.reported, self.whitened))


def coreset(start: Start) -> Callable[[Task, Int[Tensor, " groups"]], Recipe]:
    """What makes the recipe of a method that is a start and nothing else."""

    def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
        """A start and nothing else, graded by the modality's default exam."""
        return Recipe(start=start, contract=Contract(exam=task.modality.exam))

    return recipe


def recipe_for(method: str, task: Task, counts: Int[Tensor, " groups"], changes: Mapping[str, Any]) -> Recipe:
    """A method's recipe for a task and budget, with dotted changes ("objective.per_group": 128) applied.

    Raises `RequestError` when the task does not offer what the method needs or a change names no field.
    """
    found: Method = METHODS.get(method)
    missing = [need for need in found.needs if need not in task.offers]
    if missing:
        able = [name for name in METHODS.names() if task.offers.issuperset(METHODS.declared(name)["needs"])]
        raise RequestError(
            f"method {method!r} needs {', '.join(missing)}, which {task.name!r} does not offer (it offers "
            f"{', '.join(sorted(task.offers))}): use one of {', '.join(able)}"
        )
    recipe = found.recipe(task, counts)
    for path, value in changes.items():
        if path == "start":
            recipe = dataclasses.replace(recipe, start=STARTS.get(str(value)))
        elif path == "finish":
            recipe = dataclasses.replace(recipe, finish=(FINISHES.get(str(value)),))
        elif path == "between":
            recipe = dataclasses.replace(recipe, between={str(value): Between(FINISHES.get(str(value)))})
        else:
            recipe = changed(recipe, path, value)
    return recipe


def budgeted(method: str, task: Task, size: Size, changes: Mapping[str, Any]) -> tuple[Int[Tensor, " groups"], Recipe]:
    """Items per group, shape (groups,), for a budget, and the recipe for them. Raises `RequestError` kinds.

    What an item weighs is for the recipe to say, which may depend on how many there are: a budget in bytes is settled
    from the smallest set on.
    """
    available = task.train.counts()
    allocate = partial(size.allocate, available, names=task.groups.names, present=task.train.present())
    if size.bytes is None:
        counts = allocate(bytes_per_item=1)
        return counts, recipe_for(method, task, counts, changes)
    counts, affordable = torch.ones_like(available), []
    for _ in range(_SETTLED):
        recipe = recipe_for(method, task, counts, changes)
        item, shared = price(task, recipe)
        if item * int(counts.sum()) + shared <= size.bytes:
            affordable.append((counts, recipe))
        counts, before = allocate(item, shared), counts
        if torch.equal(counts, before):
            break
    return max(affordable, key=lambda pair: int(pair[0].sum()), default=(counts, recipe))


def price(task: Task, recipe: Recipe) -> tuple[int, int]:
    """Bytes of one item with its label, and bytes that the set takes besides, before any data are read."""
    name, options = codec_of(recipe, task)
    data, label = priced(f"codec {name!r}", CODECS.get(name), task.input_spec, options), _label_bytes(task, recipe)
    return data[0] + label[0], data[1] + label[1]


def _label_bytes(task: Task, recipe: Recipe) -> tuple[int, int]:
    """Bytes of an item's label, and bytes that labels take besides: of the last finish that stores its own, if any."""
    for finish in reversed(recipe.finish):
        if isinstance(finish, StoresLabels):
            return finish.label_bytes(task)
    return label_bytes(recipe.labels, task.target)


def experts_of(recipe: Recipe) -> tuple[ReadsExperts, str | None] | None:
    """Whose experts a run reads, in its steps or in its start, and their architecture; None where it reads none."""
    reader = recipe.start if recipe.source is None else recipe
    if isinstance(reader, SeesNetworks) and isinstance(reader.source, ReadsExperts):
        return reader.source, reader.network
    return None


def expert_store(recipe: Recipe, task: Task) -> NetworkStore | None:
    """The experts that a run reads; None where it reads none."""
    asked = experts_of(recipe)
    if asked is None:
        return None
    source, network = asked
    return source.store(augmented(task, recipe), network)


def stores(recipe: Recipe, task: Task) -> list[AssetStore]:
    """Where the assets are that a run reads: the experts of its networks, and what its parts say."""
    experts = expert_store(recipe, task)
    found: list[AssetStore] = [] if experts is None else [experts]
    for part in _parts(recipe):
        found.extend(part.stores(task))
    name, options = codec_of(recipe, task)
    return [*found, *CODECS.get(name).stores(task, **options)]


def _parts(part: object) -> Iterator[ReadsAssets]:
    """All that read assets, however deep inside of others: a start may be what another one chooses among."""
    if isinstance(part, ReadsAssets):
        yield part
    if isinstance(part, tuple):
        inner = list(part)
    elif isinstance(part, Mapping):
        inner = list(part.values())
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        inner = [getattr(part, name.name) for name in dataclasses.fields(part)]
    else:
        return
    for one in inner:
        yield from _parts(one)


def codec_of(recipe: Recipe, task: Task) -> tuple[str, dict[str, Any]]:
    """The recipe's codec name and its fields."""
    own = task.modality.codec if recipe.objective is None else task.modality.learnable_codec or task.modality.codec
    return split_name(recipe.codec or own)


def augmented(task: Task, recipe: Recipe) -> Task:
    """The task as the recipe's networks see it: with its augmentation; itself where the recipe changes nothing."""
    if not recipe.augmentation:
        return task
    return dataclasses.replace(task, augmentation=task.augmentation.changed(**recipe.augmentation))
