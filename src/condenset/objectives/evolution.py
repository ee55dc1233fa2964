"""Evolution: what the set teaches is tried out where there is no gradient, by policies in episodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.fx.experimental.proxy_tensor import make_fx

from condenset.core.execution import Execution
from condenset.core.optimisers import make_optimiser
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.objectives.objective import StatelessObjective, Terms
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

Values = Mapping[str, Tensor]  # of members, (members, ...) each
Forward = Callable[[Values, Tensor], Tensor]  # values, inputs (members, n, ...) -> outputs (members, n, outputs)


@runtime_checkable
class Episodes(Protocol):
    """What a task offers as "environment"."""

    def seeds(self, count: int, rng: Rng) -> Sequence[int]:
        """Seeds to distil with, none of which a grade uses."""

    def returns(
        self,
        policies: Callable[[Tensor], Int[Tensor, "policies episodes"]],
        count: int,
        seeds: Sequence[int],
    ) -> Float[Tensor, "policies episodes"]:
        """What so many policies earn in an episode of every seed; they read states (policies, episodes, ...)."""


@dataclass(frozen=True)
class Cloning:
    """Behaviour cloning: steps of Adam on all pairs at once, from the drawn network.

    Attributes:
        steps, rate: of Adam.
    """

    steps: int = 30
    rate: float = 0.02

    def train(
        self, network: Network, inputs: Float[Tensor, "members n ..."], targets: Tensor, task: Task
    ) -> tuple[Forward, Values]:
        """A policy for every member, taught by its inputs and targets (members, n, ...), all in one pass."""
        members, pairs = inputs.shape[:2]

        def one(values: Values, inputs: Tensor) -> Tensor:
            return cast(Tensor, functional_call(network.module, {**values, **network.buffers}, (inputs,)).logits)

        forward = vmap(one)
        values = {k: v.detach().expand(members, *v.shape).clone() for k, v in network.parameters.items()}
        optimiser = make_optimiser("adam", [v.requires_grad_() for v in values.values()], self.rate)
        for _ in range(self.steps):
            outputs = forward(values, inputs)
            optimiser.zero_grad()
            (task.target.loss(outputs.flatten(0, 1), targets.flatten(0, 1)).sum() / pairs).backward()
            optimiser.step()
        return forward, {name: value.detach() for name, value in values.items()}


@dataclass(frozen=True)
class Evolution(StatelessObjective):
    """Evolution strategies (OpenAI-ES, Salimans et al. 2017, arXiv 1703.03864) on what the set stores.

    Each step draws a population around the set, in pairs of opposite noise. Policies that start from one network are
    taught by one member each, and all are tried in the same episodes; what they earn, as ranks, weighs the noise.

    Attributes:
        inner: how policies are taught.
        population: members, an even number.
        sigma: standard deviation of the noise.
        episodes: per member.
    """

    inner: Cloning = field(default_factory=Cloning)
    population: int = 32
    sigma: float = 0.2
    episodes: int = 4

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """Two terms: "evolution", whose gradient is the estimate and whose value says nothing, and "return", the
        negative mean return of the population, a constant. Where all earn the same, the gradient is 0."""
        learnt = {name: p for name, p in synthetic.named_parameters() if p.requires_grad}
        noise = {name: self._noise(p, rng.child("noise", name)) for name, p in learnt.items()}
        members = {name: p.detach() + self.sigma * noise[name] for name, p in learnt.items()}
        inputs, targets = decoded(synthetic, members)
        forward, values = self.inner.train(draw.network, inputs, targets, task)
        earned = self._returns(forward, values, inputs, task, rng.child("episodes")).mean(1)
        shaped = centred_ranks(-earned)
        pulls = [(p * estimate(noise[name], self.sigma, shaped)).sum() for name, p in learnt.items()]
        return {"evolution": torch.stack(pulls).sum(), "return": -earned.mean()}

    def _noise(self, parameter: Tensor, rng: Rng) -> Tensor:
        """Standard normal (population, ...), the second half the negative of the first."""
        half = torch.randn(self.population // 2, *parameter.shape, generator=rng.torch())
        return torch.cat([half, -half]).to(parameter.device)

    def _returns(
        self, forward: Forward, values: Values, inputs: Tensor, task: Task, rng: Rng
    ) -> Float[Tensor, "members episodes"]:
        """What policies earn."""
        environment: Episodes = task.resources["environment"]
        members, episodes = len(inputs), self.episodes
        with torch.no_grad():  # traced, since finding out what to compute takes longer than small policies' products
            states = inputs.new_zeros(members, episodes, *inputs.shape[2:])
            traced = make_fx(forward)(dict(values), states)

        def policies(states: Tensor) -> Tensor:
            return cast(Tensor, traced(dict(values), states.to(inputs.device)).argmax(-1).cpu())

        found = environment.returns(policies, members, environment.seeds(episodes, rng))
        return found.to(inputs.device)


def decoded(synthetic: SyntheticSet, members: Values) -> tuple[Tensor, Tensor]:
    """Inputs and targets (members, n, ...) of sets that differ in some of their tensors, (members, ...) each."""
    whole = _Decoding(synthetic)

    def one(values: Values) -> tuple[Tensor, Tensor]:
        return cast(tuple[Tensor, Tensor], functional_call(whole, dict(values), ()))

    with torch.no_grad():
        return vmap(one)({f"synthetic.{name}": value for name, value in members.items()})


class _Decoding(nn.Module):
    """A set whose forward decodes it."""

    def __init__(self, synthetic: SyntheticSet) -> None:
        super().__init__()
        self.synthetic = synthetic

    def forward(self) -> tuple[Tensor, Tensor]:
        batch = self.synthetic.decode()
        return batch.inputs, batch.targets


def centred_ranks(values: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Ranks from -0.5, of the least, to 0.5. Equal values share the mean of their ranks: returns are often equal, at
    the most that can be earned, and an order among them would be a pull without a reason."""
    below = (values[:, None] > values).sum(1) + ((values[:, None] == values).sum(1) - 1) / 2
    return below / (len(values) - 1) - 0.5


def estimate(noise: Float[Tensor, "n ..."], sigma: float, shaped: Float[Tensor, " n"]) -> Float[Tensor, "..."]:
    """The gradient of what is minimised, whose shaped values (n,) were found at sigma times the noise (n, ...)."""
    return torch.einsum("n,n...->...", shaped, noise) / (len(noise) * sigma)
