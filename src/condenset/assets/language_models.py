"""Language models of the training texts: trained once, kept under a hash of what they depend on, shared by runs.

A model is one safetensors file, written anew after every round until it is complete, so that a killed training goes on:

    parameters: of the best round, by name.
    losses: (rounds,) float32, mean cross-entropy of the words of validation texts after every round.
    current, optimiser: what training goes on from, only while it lasts.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.asset import Asset, file_asset
from condenset.assets.expert_file import ExpertFile, Shapes
from condenset.core.batch import Batch
from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.core.executor import Executor
from condenset.core.optimisers import make_optimiser, optimiser_state, restore_optimiser
from condenset.core.rng import Rng
from condenset.nets.language_model import LanguageModel, places
from condenset.tasks.task import Task

_PART = 256  # validation texts that are read at a time


@dataclass(frozen=True)
class LanguageModelling:
    """How a language model is trained: Adam at a rate that falls to 0, and of its rounds the best by validation texts.

    Attributes:
        size: of a word vector.
        width: of the recurrent units.
        rounds: after each of which it is judged and saved.
        steps: of a round, or fewer: as many as `passes` over the texts take.
        batch, rate: of a step.
        most: training texts that it learns from, random ones where there are more.
        seed: of the model, apart from the run's so that runs share it.
    """

    size: int = 64
    width: int = 128
    rounds: int = 4
    steps: int = 220
    passes: int = 10
    batch: int = 32
    rate: float = 5e-3
    most: int = 20_000
    seed: int = 0


USUAL = LanguageModelling()


class LanguageModelStore:
    """The language model of one task, the same for whoever asks, so that runs and the parts of one share it."""

    def __init__(self, task: Task, how: LanguageModelling = USUAL) -> None:
        """Args: task, which offers "language"; a fifth of its texts is kept for validation where it defines no such
        data; how, it is trained."""
        self.how, self._task = how, task
        self._vocabulary: int = task.more["language"].vocabulary
        self._key = self._hash()
        self._path = cache_folder() / "language-models" / f"{self._key}.safetensors"

    def model(self) -> LanguageModel:
        """The model, trained if it is not there yet. Raises `DataError` for a damaged file."""
        if self.missing():
            self.train()
        drawn = self._drawn()
        names = drawn.state_dict()
        with self._file(".safetensors").opened(lambda stored: self._shapes(self.how.rounds)) as file:
            drawn.load_state_dict({name: file.get_tensor(f"parameters/{name}") for name in names})
        return drawn.requires_grad_(False).to(self._task.device)

    def perplexities(self) -> Float[Tensor, " rounds"]:
        """Of validation texts after every round: exp of the mean cross-entropy of a word, ends among them."""
        if self.missing():
            self.train()
        with self._file(".safetensors").opened(lambda stored: self._shapes(self.how.rounds)) as file:
            return file.get_tensor("losses").exp()

    def missing(self) -> bool:
        """Whether it is still to be trained."""
        return not self._path.exists()

    def train_missing(self, executor: Executor) -> None:
        """Train it where it is not there yet, as a job."""
        if self.missing():
            for _ in executor.map(_train, self._task, [self.how]):
                pass

    def assets(self) -> list[Asset]:
        """The model, if it is there, as a card lists it: with how it was trained and how well it reads."""
        if self.missing():
            return []
        told = ", ".join(f"{name} {value}" for name, value in asdict(self.how).items())
        best = self.perplexities().min().item()
        name = f"language model {self._key} ({told}; perplexity {best:.1f} on validation texts)"
        return [file_asset(name, self._path)]

    def train(self) -> None:
        """Train it from where it was left, and save it."""
        task = self._task.with_validation()
        assert task.validation is not None
        train = task.train.draw(self.how.most, Rng(self.how.seed).child("language", "texts"))
        partial = self._file(".partial")
        model, optimiser, losses, best = self._resumed(partial)
        for number in range(len(losses), self.how.rounds):
            self._descend(model, optimiser, train, number)
            losses = torch.cat([losses, self._loss(model, task.validation)[None]])
            if len(losses) == 1 + int(losses.argmin()):
                best = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
            partial.write(self._state(model, optimiser, losses, best))
        if not math.isfinite(losses.min()):
            raise DataError("the language model diverged: lower its rate")
        finished = {f"parameters/{name}": value for name, value in best.items()}
        self._file(".safetensors").write({"losses": losses, **finished})
        partial.path.unlink(missing_ok=True)

    def _descend(self, model: LanguageModel, optimiser: torch.optim.Optimizer, train: Batch, number: int) -> None:
        """A round."""
        plan = self._plan(len(train), Rng(self.how.seed).child("language", "round", number))
        for step, part in enumerate(plan):
            done = (number + step / len(plan)) / self.how.rounds
            optimiser.param_groups[0]["lr"] = self.how.rate * (1 - done)
            optimiser.zero_grad()
            texts, groups = _read(train.select(part))
            model.losses(texts, groups).mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()

    def _plan(self, texts: int, rng: Rng) -> list[Tensor]:
        """Which texts the steps of a round read: all, in one order after another."""
        steps, plan = min(self.how.steps, math.ceil(self.how.passes * texts / self.how.batch)), list[Tensor]()
        while len(plan) < steps:
            order = torch.randperm(texts, generator=rng.child("order", len(plan)).torch())
            plan.extend(order.split(self.how.batch))
        return plan[:steps]

    @torch.no_grad()
    def _loss(self, model: LanguageModel, batch: Batch) -> Float[Tensor, ""]:
        """Mean cross-entropy over all words and ends."""
        total = words = torch.zeros((), device=batch.weight.device)
        for texts, groups in map(_read, batch.parts(_PART)):
            counts = places(texts).sum(1)
            total, words = total + (model.losses(texts, groups) * counts).sum(), words + counts.sum()
        return (total / words).cpu()

    def _drawn(self) -> LanguageModel:
        generator = Rng(self.how.seed).child("language", "initial").torch()
        return LanguageModel(self._vocabulary, len(self._task.groups), self.how.size, self.how.width, generator)

    def _resumed(self, partial: ExpertFile) -> tuple[LanguageModel, torch.optim.Optimizer, Tensor, dict[str, Tensor]]:
        """Model, optimiser, losses and the best parameters so far."""
        model = self._drawn().to(self._task.device)
        optimiser = make_optimiser("adam", list(model.parameters()), self.how.rate)
        if not partial.path.exists():
            return model, optimiser, torch.empty(0), {}

        def expected(stored: Shapes) -> Shapes:
            begun = self._state(model, optimiser, torch.empty(stored.get("losses", (0,))[0]), model.state_dict())
            return {name: tuple(tensor.shape) for name, tensor in begun.items()}

        parts: dict[str, dict[str, Tensor]] = {"parameters": {}, "current": {}, "optimiser": {}}
        with partial.opened(expected) as file:
            losses = file.get_tensor("losses")
            for path in sorted(file.keys()):
                head, _, name = path.partition("/")
                if name:
                    parts[head][name] = file.get_tensor(path)
        model.load_state_dict(parts["current"])
        restore_optimiser(optimiser, parts["optimiser"])
        return model, optimiser, losses, parts["parameters"]

    def _state(
        self, model: LanguageModel, optimiser: torch.optim.Optimizer, losses: Tensor, best: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        parts = {"parameters": best, "current": model.state_dict(), "optimiser": optimiser_state(optimiser)}
        named = {f"{part}/{name}": value for part, values in parts.items() for name, value in values.items()}
        return {"losses": losses, **{name: value.detach().cpu().clone() for name, value in named.items()}}

    def _shapes(self, rounds: int) -> Shapes:
        stored = {f"parameters/{name}": tuple(value.shape) for name, value in self._drawn().state_dict().items()}
        return {"losses": (rounds,), **stored}

    def _file(self, suffix: str) -> ExpertFile:
        return ExpertFile(self._path.with_suffix(suffix), {"language model": self._key}, "language model")

    def _hash(self) -> str:
        task = self._task
        depends = [asdict(self.how), task.fingerprint, task.preprocessing, len(task.train), task.validation is None]
        return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:16]


def _train(task: Task, how: LanguageModelling) -> None:
    LanguageModelStore(task, how).train()


def _read(batch: Batch) -> tuple[Tensor, Tensor]:
    """Texts (n, longest), as long as the longest of them, and their groups (n,)."""
    words: Tensor = batch.inputs.cut
    return words.long(), batch.groups
