"""Training data that several clients hold: examples come from all of them, and signals as merged sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch, Inputs, concatenate
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.view import Represented, View


class ClientsView:
    """The data of several views of the same groups, one behind another.

    Every client has examples of every group.

    Attributes:
        groups: number of groups.
        device: where batches go.
        fits: whether all of it can be asked for.
    """

    def __init__(self, clients: Sequence[View]) -> None:
        """Raises `DataError` for no client, and for clients of different groups or devices."""
        if len({(client.groups, str(client.device)) for client in clients}) != 1:
            raise DataError(f"{len(clients)} clients do not share their groups and device: open their data alike")
        self._clients = tuple(clients)
        self.groups, self.device = clients[0].groups, clients[0].device
        self.fits = all(client.fits for client in clients)
        sizes = [int(client.counts().sum()) for client in clients]
        self._bounds = torch.tensor([0, *sizes]).cumsum(0)
        # A client's own indices, group after group: those of this view count along them.
        self._orders = [torch.cat([client.members(group) for group in range(self.groups)]) for client in clients]

    def clients(self) -> Sequence[View]:
        """The views."""
        return self._clients

    def __len__(self) -> int:
        """Number of training examples."""
        return int(self._bounds[-1])

    def to(self, device: torch.device | str) -> ClientsView:
        """The same data on a device."""
        return ClientsView([client.to(device) for client in self._clients])

    def counts(self) -> Int[Tensor, " groups"]:
        """Training examples per group, of the shape (groups,)."""
        return torch.stack([client.counts() for client in self._clients]).sum(0)

    def present(self) -> int:
        """What the clients have."""
        return sum(client.present() for client in self._clients)

    def scale(self) -> float:
        """Root mean square of the inputs."""
        squares = sum(len(client) * client.scale() ** 2 for client in self._clients)
        return (squares / len(self)) ** 0.5

    def members(self, group: int) -> Int[Tensor, " n"]:
        """Indices of a group's examples, of the shape (examples,)."""
        indices = []
        for client, start in zip(self._clients, self._bounds.tolist(), strict=False):
            ends = client.counts().cumsum(0)
            first = 0 if group == 0 else int(ends[group - 1])
            indices.append(torch.arange(first, int(ends[group])) + start)
        return torch.cat(indices)

    def parts(self, group: int, least: int = 1) -> Iterator[Int[Tensor, " n"]]:
        """A group's indices, all at once."""
        yield self.members(group)

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices."""
        return self._gathered(index, lambda client, own: client.select(own))

    def cut_out(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices as a batch of their own."""
        return self._gathered(index, lambda client, own: client.cut_out(own))

    def represented(self, represent: Callable[[Inputs], Tensor]) -> Represented:
        """Vectors (n, d), represented as they are read."""

        def read(index: Tensor) -> tuple[Tensor, Tensor]:
            batch = self.select(index)
            return represent(batch.inputs), batch.targets

        return read

    def sample(self, per_group: int, rng: Rng) -> Batch:
        """Up to `per_group` examples of every group without replacement, group after group, inputs (n, ...)."""
        generator = rng.torch()
        members = [self.members(group) for group in range(self.groups)]
        picks = [own[torch.randperm(len(own), generator=generator)[:per_group]] for own in members]
        return self.select(torch.cat(picks))

    def draw(self, count: int, rng: Rng) -> Batch:
        """Up to `count` examples of any group without replacement, inputs (n, ...)."""
        return self.select(torch.randperm(len(self), generator=rng.torch())[:count])

    def epoch(self, size: int, rng: Rng) -> Iterator[Batch]:
        """One shuffled pass in batches of inputs (size, ...), the last one possibly smaller."""
        for part in torch.randperm(len(self), generator=rng.torch()).split(size):
            yield self.select(part)

    def all(self) -> Batch:
        """Every training example, client after client, inputs (n, ...)."""
        return concatenate([client.all() for client in self._clients])

    def _gathered(self, index: Tensor, take: Callable[[View, Tensor], Batch]) -> Batch:
        """Examples of all clients in the order of the index."""
        owner = torch.bucketize(index, self._bounds[1:], right=True)
        batches, places = [], []
        for number, client in enumerate(self._clients):
            asked = (owner == number).nonzero().flatten()
            if len(asked):
                batches.append(take(client, self._orders[number][index[asked] - self._bounds[number]]))
                places.append(asked)
        return concatenate(batches).select(torch.cat(places).argsort())
