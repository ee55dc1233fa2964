"""Scoring: the test data are opened here and nowhere else."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import chain

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.executor import LOCAL, Executor
from condenset.core.rng import Rng
from condenset.evaluation.baselines import baseline_batch, expanded
from condenset.evaluation.exam import Exam
from condenset.evaluation.known_scores import Score, find_score, keep_score, score_key
from condenset.evaluation.rows import Evaluation, Row
from condenset.learners.learner import Learner
from condenset.learners.sgd import NetworkTraining
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_CONVERSIONS = {
    "own": "",
    "hard": "soft labels were replaced by their largest entry",
    "probabilities": "soft labels were clamped at 0 and normalised",
    "teacher": "labels were replaced by those of a teacher that was trained on all the data",
}


def evaluate_set(
    synthetic: SyntheticSet,
    task: Task,
    exam: Exam,
    *,
    networks: Sequence[str] = (),
    baselines: Sequence[str] = (),
    repeats: int | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Evaluation:
    """Grade a set beside baselines at the same bytes.

    Args:
        networks: learners in place of the exam's own.
        repeats: learners per row, the exam's default when None. A random baseline is drawn anew for each; the full
            data, which cost the most, are trained on once.
        execution: on what device, with how many bits, by which workers.
        watch: called after every single score with the row so far.

    Raises `UnknownNameError` for an exam's network or a baseline.
    """
    count = repeats or exam.repeats
    task = task.to(execution.device)
    synthetic = deepcopy(synthetic).to(task.device)
    execution = replace(execution, times=exam.repeats)  # by the exam alone: scores round alike in any company
    rates = _learnt_rates(synthetic, exam)
    replayed = len(rates) // (synthetic.contract.epochs or 1) if synthetic.contract.batches == "fixed" else 0
    known = exam.rate == "learnt" and synthetic.contract.initial == "known"
    teacher = exam.teacher.taught(task) if exam.teacher else None

    def entries() -> Iterator[Entry]:
        for name, drawn, size in _candidates(synthetic, task, expanded(baselines, task), count, Rng(seed)):
            draws = [_relabelled(batch, exam.labels, task) for batch in drawn]
            for network, learner in exam.learners(task, tuple(networks), execution).items():
                if learner.most is not None and len(draws[0]) > learner.most:
                    continue
                if isinstance(learner, NetworkTraining):
                    learner = replace(learner, known=known, teacher=teacher)
                fitted = _fitted(learner, exam, draws[0], rates, replayed)
                terms = exam.hash, network, rates, replayed, known, execution.precision
                identity = None if name == "distilled" else repr(terms)
                yield Entry(name, network, fitted, draws, size, Rng(seed).child(name, network), identity)

    rows = tuple(evaluate_entries(entries(), task, execution.executor, watch))
    converted = exam.teacher is not None or task.target.is_soft(synthetic.decode().targets)
    conversion = _CONVERSIONS[exam.labels] if converted else ""
    return Evaluation(exam, task.target.metrics, rows, conversion)


@dataclass(frozen=True)
class Entry:
    """A row to be.

    Attributes:
        name, network, bytes: of the row.
        learner: trained on every draw.
        draws: a batch for every repeat.
        rng: of the row; every repeat has its own stream below it.
        identity: of the learner, where its scores are kept for other tables; None: they are not.
    """

    name: str
    network: str
    learner: Learner
    draws: Sequence[Batch]
    bytes: int
    rng: Rng
    identity: str | None = None


@dataclass(frozen=True)
class _Job:
    """Learners of one entry that are trained together, one on each draw."""

    learner: Learner
    draws: Sequence[Batch]
    rngs: Sequence[Rng]
    identity: str | None


def evaluate_entries(
    entries: Iterable[Entry],
    task: Task,
    executor: Executor = LOCAL,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Iterator[Row]:
    """The row of every entry: a learner trained on each draw and scored on the held-out data.

    Args: watch, called after every single score with the row so far and its number of scores in the end.
    """
    begun: deque[Entry] = deque()

    def jobs() -> Iterator[_Job]:
        for entry in entries:
            begun.append(entry)
            yield from _jobs(entry)

    done: list[Score] = []
    for score in chain.from_iterable(executor.map(_scored, task, jobs())):
        entry, done = begun[0], [*done, score]
        row = _row(entry, done, task)
        watch(row, len(entry.draws))
        if len(done) == len(entry.draws):
            yield row
            begun.popleft()
            done = []


def _row(entry: Entry, done: Sequence[Score], task: Task) -> Row:
    first, *others = (metric.name for metric in task.target.metrics)
    values = {name: tuple(grades[name] for grades, _ in done) for name in (first, *others)}
    seconds = sum(spent for _, spent in done) / len(done)
    further = {name: values[name] for name in others}
    return Row(entry.name, entry.network, values[first], entry.bytes, seconds, further)


def _jobs(entry: Entry) -> Iterator[_Job]:
    """All draws in one job where networks are stacked, else each in its own."""
    together = isinstance(entry.learner, NetworkTraining) and entry.learner.execution.stacks
    rngs = [entry.rng.child(repeat) for repeat in range(len(entry.draws))]
    size = len(rngs) if together else 1
    for start in range(0, len(rngs), size):
        part = slice(start, start + size)
        yield _Job(entry.learner, entry.draws[part], rngs[part], entry.identity)


def _scored(task: Task, job: _Job) -> list[Score]:
    """The score of every draw: known ones as they were kept, the others by training."""
    pairs = list(zip(job.draws, job.rngs, strict=True))
    keys = [None if job.identity is None else score_key(job.identity, task, *pair) for pair in pairs]
    scores = [None if key is None else find_score(key) for key in keys]
    missing = [index for index, known in enumerate(scores) if known is None]
    trained = _trained(job.learner, task, *zip(*(pairs[index] for index in missing), strict=True)) if missing else []
    for index, score in zip(missing, trained, strict=True):
        scores[index] = score
        if (key := keys[index]) is not None:
            keep_score(key, score)
    return [score for score in scores if score is not None]


def _trained(learner: Learner, task: Task, draws: Sequence[Batch], rngs: Sequence[Rng]) -> list[Score]:
    began = time.perf_counter()
    if isinstance(learner, NetworkTraining):
        models = learner.fit_each(draws, task, rngs)
    else:
        models = [learner.fit(batch, task, rng) for batch, rng in zip(draws, rngs, strict=True)]
    seconds = (time.perf_counter() - began) / len(models)
    return [(task.grade(model, rng.child("grade")), seconds) for model, rng in zip(models, rngs, strict=True)]


def _candidates(
    synthetic: SyntheticSet, task: Task, baselines: Sequence[str], repeats: int, rng: Rng
) -> Iterator[tuple[str, list[Batch], int]]:
    own = synthetic.decode().detach()
    yield "distilled", [own] * repeats, synthetic.nbytes().total
    for name in baselines:
        streams = [rng.child("baseline", name, draw) for draw in range(repeats if name.startswith("random") else 1)]
        pairs = [baseline_batch(name, synthetic, task, stream) for stream in streams]
        kept = [pair for pair in pairs if pair is not None]
        if kept:
            draws = [batch for batch, _ in kept]
            yield name, draws if name == "full" else draws * (repeats // len(draws)), kept[0][1]


def _learnt_rates(synthetic: SyntheticSet, exam: Exam) -> tuple[float, ...]:
    rates = synthetic.rates()
    return () if rates is None or exam.rate == "fixed" else tuple(rates.detach().tolist())


def _fitted(learner: Learner, exam: Exam, batch: Batch, rates: tuple[float, ...], replayed: int) -> Learner:
    """The learner with what the exam takes from the set: learnt rates, the order of its batches, the steps for its
    size."""
    if not isinstance(learner, NetworkTraining):
        return learner
    training = learner.training
    if len(rates) == 1:
        training = replace(training, rate=rates[0])
    elif rates:
        training = replace(training, rates=rates, epochs=len(rates) // (replayed or 1), replayed=replayed)
    if exam.steps_by_items:
        steps = next((s for items, s in exam.steps_by_items if len(batch) <= items), exam.steps_by_items[-1][1])
        epochs = max(1, steps // training.steps(len(batch)))
        training = replace(training, epochs=epochs, warm_up=min(training.warm_up, steps // 2))
    elif len(batch) > 20 * training.batch:
        # The whole training set: as many gradient steps as an exam of its batch size allows, not as many epochs.
        training = replace(training, epochs=max(1, training.epochs // training.steps(len(batch))))
    return replace(learner, training=training)


def _relabelled(batch: Batch, labels: str, task: Task) -> Batch:
    """A batch with soft labels as an exam wants them: "own", "hard" (their largest entry) or "probabilities" (clamped
    at 0 and normalised); a teacher labels later, what is read."""
    convert = {"hard": task.target.hard, "probabilities": task.target.probabilities}.get(labels)
    return batch if convert is None else replace(batch, targets=convert(batch.targets))
