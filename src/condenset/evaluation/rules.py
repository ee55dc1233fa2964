"""The learners of an exam for one set: with what the exam takes from it, and its steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.metric import BALANCED_ACCURACY
from condenset.core.rng import Rng
from condenset.evaluation.entries import Entry
from condenset.evaluation.exam import Exam
from condenset.evaluation.known_scores import Score
from condenset.learners.evened import Evened
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.nets.network import Network
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Rules:
    """How every row of a table is graded.

    Attributes:
        exam, task: of the table.
        networks: learners in place of the exam's own.
        execution: on what device, with how many bits.
        seed: of the learners. Those of different rows begin alike, so that rows are paired.
        teacher: who labels what is read, where the exam has one.
    """

    exam: Exam
    task: Task
    networks: tuple[str, ...]
    execution: Execution
    seed: int
    teacher: Network | None = None

    def entries(
        self,
        name: str,
        draws: Sequence[Batch],
        of: SyntheticSet,
        size: int,
        number: int = 0,
        before: Mapping[str, tuple[Score, ...]] = MappingProxyType({}),
    ) -> Iterator[Entry]:
        """An entry for every learner that can learn from so many examples.

        Args: draws, a batch for each repeat; of, the set whose learnt rates and order of batches the exam takes over;
        size, in bytes; number, of the set, where several of one recipe are graded; before, scores of earlier draws by
        learner.
        """
        relabelled = [_relabelled(batch, self.exam.labels, self.task) for batch in draws]
        taken, own = _Taken.of(self.exam, of), name == "distilled"
        for network, learner in self.exam.learners(self.task, self.networks, self.execution).items():
            if learner.most is not None and len(relabelled[0]) > learner.most:
                continue
            if isinstance(learner, NetworkTraining):
                training = taken.fitted(learner.training, self.exam, len(relabelled[0]), whole=name == "full")
                views = self.exam.views and ((own and of.views) or self.exam.views)  # others read the labels' mean
                learner = replace(learner, known=taken.known, teacher=self.teacher, training=training, views=views)
            evens = name == "full" and self.teacher is None and self.task.target.metrics[0] == BALANCED_ACCURACY
            learner = Evened(learner) if evens else learner
            told = (self.exam.hash, network, taken, self.execution.precision, *(("evened",) if evens else ()))
            identity = None if own else repr(told)
            rng = Rng(self.seed).child("distilled", network, *(("set", number) if number else ()))
            earlier = before.get(network, ())
            drawn = not own and len(earlier) + len(draws) > 1
            yield Entry(name, network, learner, relabelled, size, rng, identity, drawn, earlier)


@dataclass(frozen=True)
class _Taken:
    """What an exam takes from a set.

    Attributes:
        rates: learnt, one for every step or one for all; empty: those of the exam.
        replayed: batches of an epoch in stored order; 0: shuffled ones.
        known: whether training starts from the task's known network.
    """

    rates: tuple[float, ...]
    replayed: int
    known: bool

    @classmethod
    def of(cls, exam: Exam, synthetic: SyntheticSet) -> _Taken:
        rates, contract = synthetic.rates(), synthetic.contract
        learnt = () if rates is None or exam.rate == "fixed" else tuple(rates.detach().tolist())
        replayed = len(learnt) // (contract.epochs or 1) if contract.batches == "fixed" else 0
        return cls(learnt, replayed, exam.rate == "learnt" and contract.initial == "known")

    def fitted(self, training: Training, exam: Exam, items: int, whole: bool) -> Training:
        """The exam's training on so many examples."""
        if len(self.rates) == 1 and not self.replayed:
            training = replace(training, rate=self.rates[0])
        elif self.rates:
            epochs = len(self.rates) // (self.replayed or 1)
            training = replace(training, rates=self.rates, epochs=epochs, replayed=self.replayed)
        if whole and exam.full_epochs is not None:
            return replace(training, epochs=exam.full_epochs)
        if exam.steps is not None:
            return replace(training, epochs=max(training.epochs, math.ceil(exam.steps / training.steps(items))))
        if exam.steps_by_items:
            steps = next((s for most, s in exam.steps_by_items if items <= most), exam.steps_by_items[-1][1])
            epochs = max(1, steps // training.steps(items))
            training = replace(training, epochs=epochs, warm_up=min(training.warm_up, steps // 2))
        return training


def _relabelled(batch: Batch, labels: str, task: Task) -> Batch:
    """A batch with soft labels as an exam wants them: "own", "hard" (their largest entry) or "probabilities" (clamped
    at 0 and normalised); a teacher labels later, what is read."""
    convert = {"hard": task.target.hard, "probabilities": task.target.probabilities}.get(labels)
    return batch if convert is None else replace(batch, targets=convert(batch.targets))
