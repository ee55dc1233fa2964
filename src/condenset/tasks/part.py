"""Part of the training data: what is left where some are kept for validation, or a sample as another draw might be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.rng import Rng
from condenset.tasks.view import ListedView, Represented, View, some


class PartView(ListedView):
    """Some examples of a view.

    Attributes:
        view: of which it is a part, with the same indices.
        groups, device, fits: as of the view.
    """

    def __init__(self, view: View, members: Sequence[Tensor]) -> None:
        """Args: members, indices (n,) of the examples of every group that it has."""
        super().__init__(members)
        self.view = view
        self.groups, self.device, self.fits = view.groups, view.device, view.fits

    def to(self, device: torch.device | str) -> View:
        """The same part of the view's data on a device."""
        return PartView(self.view.to(device), self._members)

    def present(self) -> int:
        """Of the view."""
        return self.view.present()

    def scale(self) -> float:
        """Of the view."""
        return self.view.scale()

    def parts(self, group: int, least: int = 1) -> Iterator[Int[Tensor, " n"]]:
        """The view's parts (n,), less what is not in this one."""
        for part in self.view.parts(group, 2 * least):
            yield part[torch.isin(part, self._members[group])]

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices (chosen,)."""
        return self.view.select(index)

    def cut_out(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices (chosen,) as a batch of their own."""
        return self.view.cut_out(index)

    def represented(self, represent: Callable[[Inputs], Tensor]) -> Represented:
        """As of the view."""
        return self.view.represented(represent)


def resampled(view: View, least: Int[Tensor, " groups"], rng: Rng) -> PartView:
    """A bootstrap sample of a view within its groups, every example once: some 63 % of them.

    Args: least, (groups,), examples that every group keeps, if it has as many.
    """
    generator = rng.torch()
    return PartView(view, [_sampled(view.members(g), int(least[g]), generator) for g in range(view.groups)])


def divided(view: View, share: float, rng: Rng) -> tuple[PartView, Int[Tensor, " others"]]:
    """A view without a random share of every group's examples, and the indices (n,) of those; a lone one is kept."""
    generator, kept, others = rng.torch(), [], []
    for group in range(view.groups):
        members = some(view.members(group), len(view.members(group)), generator)
        away = min(round(share * len(members)), len(members) - 1)
        others.append(members[:away])
        kept.append(members[away:].sort().values)
    return PartView(view, kept), torch.cat(others).sort().values


def _sampled(members: Int[Tensor, " n"], least: int, generator: torch.Generator) -> Int[Tensor, " m"]:
    drawn = torch.randint(len(members), (len(members),), generator=generator).unique()
    return members[drawn] if len(drawn) >= least else some(members, least, generator)
