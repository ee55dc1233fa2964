"""What a source of networks is: for every step a network and an augmentation record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.assets.network_store import NetworkStore
from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.sources.real_sides import RealSides
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Setting:
    """What a source needs to begin.

    Attributes:
        task: the data; experts are trained on it.
        network: architecture name, or None for the task's default.
        rng: the run's stream.
        execution: where networks live, with how many bits they are trained, and how many steps lie ahead.
    """

    task: Task
    network: str | None
    rng: Rng
    execution: Execution = HERE

    def draw_network(self, *address: str | int) -> Network:
        """A freshly initialised network of the stream at this address."""
        return self.task.network(self.network, self.rng.child("network", *address))

    def draw_augmentation(self, *address: str | int) -> Any:
        """One augmentation record shared by a whole batch."""
        return self.task.augmentation.draw(1, self.rng.child("augmentation", *address))


@dataclass(frozen=True)
class Draw:
    """One step's network and augmentation.

    Attributes:
        network: the network, a pure function with its parameters beside it.
        augmentation: a record applied alike to real and synthetic data; None for no augmentation.
        real_sides: what was measured under this pair before; None where it never comes again.
        uses: steps that this pair is expected to serve.
        goal: (parameters,) where a trajectory should arrive, for trajectory matching.
        trained: a network trained on the data that the network is a mixture of; None where there is none.
        stage: the part of the set that is being distilled, from 0; None where all of it is.
        progress: share of the run's steps that are done.
    """

    network: Network
    augmentation: Any = None
    real_sides: RealSides | None = None
    uses: int = 1
    goal: Float[Tensor, " parameters"] | None = None
    trained: Network | None = None
    stage: int | None = None
    progress: float = 0.0

    @property
    def nbytes(self) -> int:
        """Bytes of its networks and of the real sides under them."""
        held = self.network, self.trained, self.real_sides
        return sum(part.nbytes for part in held if part is not None)

    def augmented(self, batch: Batch, task: Task) -> Batch:
        """The batch under this step's transformation, the same for real and synthetic data, in the same shape."""
        if self.augmentation is None:
            return batch
        return batch.map(lambda inputs: task.augmentation.apply(self.augmentation, inputs))


@runtime_checkable
class RunningSource(Protocol):
    """A source during one run; one whose networks learn from the set is `AfterStep`, too."""

    def draw(self, step: int) -> Draw:
        """The step's network and augmentation."""

    def state(self) -> dict[str, Tensor]:
        """What a resumed run needs beside the seed and the step, tensors of any shape by name."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a saved state."""


@runtime_checkable
class Source(Protocol):
    """A frozen dataclass that holds a source's numbers."""

    def begin(self, setting: Setting) -> RunningSource:
        """Start drawing for one run."""


@runtime_checkable
class ReadsExperts(Source, Protocol):
    """A source whose networks come from experts or teachers, which take long to train and are kept."""

    def store(self, task: Task, network: str | None) -> NetworkStore:
        """The experts that the run begins with; one that is missing is trained when it is first read."""

    def with_experts(self, experts: Any) -> ReadsExperts:
        """The same source, of experts that are trained otherwise; as its store's `experts`."""


@runtime_checkable
class SeesNetworks(Protocol):
    """A part of a recipe, or a whole one, that sees data through the networks of a source."""

    @property
    def source(self) -> Source | None:
        """Where they come from."""

    @property
    def network(self) -> str | None:
        """Their architecture, None for the task's default."""


@runtime_checkable
class DrawsAlike(Source, Protocol):
    """A source that says whether the networks of all steps are drawn alike: what is measured under them can then be
    compared from step to step."""

    @property
    def alike(self) -> bool:
        """Whether they are; networks that grow older or harder while the set is learnt are not."""


class Stateless:
    """A running source whose draws depend on the seed and the step alone."""

    def state(self) -> dict[str, Tensor]:
        """Nothing to save."""
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to restore."""


@dataclass(frozen=True)
class ByStep(Stateless):
    """One that is a function of the step.

    Attributes:
        draw: the network and the augmentation of a step.
    """

    draw: Callable[[int], Draw]
