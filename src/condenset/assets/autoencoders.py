"""Autoencoders of the columns of training rows, made to tell targets apart, and the latent space that they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.model_store import ModelStore, Schedule
from condenset.core import structure
from condenset.core.batch import Batch, Inputs
from condenset.core.columns import Columns, all_numbers
from condenset.core.rng import Rng
from condenset.nets.column_autoencoder import ColumnAutoencoder
from condenset.tasks.task import Task

_PART = 4096  # rows that are encoded at a time


@dataclass(frozen=True)
class Autoencoding(Schedule):
    """How an autoencoder is trained: to give rows back, and from some round on to predict their targets, too.

    `latent` is the paper's; `size`, `hidden`, `rate` and `balance` are among what it tries on every table; its rounds
    are 200 of each kind.

    Attributes:
        size: of a column's vector.
        hidden: widths of the encoder's layers.
        latent: of the latent space.
        alone: rounds in which rows are only given back.
        balance: of giving rows back, in the rounds after those; the rest is for the targets.
    """

    rounds: int = 100
    batch: int = 256
    rate: float = 1e-3
    most: int = 10_000
    size: int = 10
    hidden: tuple[int, ...] = (100, 100)
    latent: int = 16
    alone: int = 50
    balance: float = 0.5


USUAL = Autoencoding()


class AutoencoderStore(ModelStore[ColumnAutoencoder, Autoencoding]):
    """The autoencoder of one task. Where the task does not say what its columns are, each number of an example's
    representation is one."""

    kind, stream = "autoencoder", "autoencoder"

    def __init__(self, task: Task, how: Autoencoding = USUAL) -> None:
        """Args: task, which may offer "columns". Its validation data are left to those who choose among sets."""
        super().__init__(replace(task, validation=None), how)

    def latents(self) -> Callable[[Inputs], Float[Tensor, "n latent"]]:
        """What says where inputs (n, ...) lie in the latent space, (n, latent), in which the rows that the model learnt
        from have mean 0 and variance 1 along every axis."""
        model = self.model()
        known: Tensor = model(self._data[0].inputs)
        mean, spread = known.mean(0), known.std(0, correction=0)
        spread = spread.where(spread > 0, 1.0)

        def standardised(inputs: Inputs) -> Float[Tensor, "n latent"]:
            return torch.cat([(model(rows) - mean) / spread for rows in self._rows(inputs).split(_PART)])

        return standardised

    def _read(self, batch: Batch) -> Batch:
        there = batch.examples()
        targets, weight = structure.take(batch.targets, there), torch.ones_like(batch.weight[there])
        return Batch(self._rows(batch.inputs)[there], targets, batch.groups[there], weight)

    def _rows(self, inputs: Inputs) -> Float[Tensor, "n width"]:
        return self._task.modality.represent(inputs).detach().float().flatten(1)

    def _first(self) -> int:
        return min(self.how.alone, self.how.rounds - 1)

    def _drawn(self, generator: torch.Generator) -> ColumnAutoencoder:
        how, outputs = self.how, self._task.target.outputs
        layout: Columns = self._task.resources.get("columns") or all_numbers(self._data[0].inputs.shape[1])
        return ColumnAutoencoder(layout, outputs, how.size, how.hidden, how.latent, generator)

    def _error(self, model: ColumnAutoencoder, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        latents = model(batch.inputs)
        balance = self.how.balance if number >= self.how.alone else 1.0
        told = self._task.target.loss(model.head(latents), batch.targets).mean()
        return balance * model.reconstruction(batch.inputs, latents).mean() + (1 - balance) * told

    @torch.no_grad()
    def _loss(self, model: ColumnAutoencoder, batch: Batch) -> Float[Tensor, ""]:
        return self._error(model, batch, self.how.rounds, Rng(self.how.seed)).cpu()

    def _told(self, loss: float) -> str:
        return f"loss {loss:.3f}"
