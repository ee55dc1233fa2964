"""An exam: a frozen, versioned, hashed record of how a set is graded. Presets are TOML files in `exams/`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from condenset.assets.teacher_store import Squeeze
from condenset.core.cache import key_of
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.execution import HERE, Execution
from condenset.core.registries import EXAMS
from condenset.core.structured import structured
from condenset.learners.learner import Learner
from condenset.learners.named import named_learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.nets.network import Network
from condenset.sources.pretrained import Pretrained
from condenset.tasks.task import Task

_PRESETS = Path(__file__).parent / "exams"


@dataclass(frozen=True)
class Teacher:
    """Who labels in an exam by distillation: a network that is trained on all the data, the same for every row.

    Attributes:
        network: its architecture.
        epochs, examples, rate, batch: of its training, as `Squeeze` has them; examples of an epoch.
    """

    network: str
    epochs: int
    examples: int = 20_000
    rate: float = 0.05
    batch: int = 128

    def taught(self, task: Task) -> Network:
        """The network in evaluation mode, from the cache where it was trained before."""
        squeeze = Squeeze(epochs=self.epochs, examples=self.examples, rate=self.rate, batch=self.batch)
        return Pretrained(squeeze).trained(task, self.network)


@dataclass(frozen=True)
class Exam:
    """How a set is graded.

    Attributes:
        name, version: of the preset; a changed exam gets a new version.
        summary: one line: whose protocol, and what is particular.
        training: how networks are trained.
        networks: architectures, learners by name ("logistic", "kernel:ntk", their fields after a slash), or "default"
            for the modality's network; empty: the modality's learners.
        rate: "fixed" in `training`, or "learnt": the set's learnt rate where it has one, and the one initial network
            that it was made for, where it was.
        labels: "own" keeps the set's labels; "hard" takes the largest entry of soft ones; "probabilities" clamps soft
            ones at 0 and normalises them; "teacher" replaces them, for every row, by what the teacher says of what a
            step reads; "views" by what it said of `views` of every example once, or by those that a set stores.
        repeats: networks per row by default.
        steps: that training takes at least, beside `training.epochs` passes at least, on whatever it trains; None: as
            many passes as `training` says.
        steps_by_items: (items, steps) pairs that set the epochs from the set's size, as some papers do; empty: none.
        full_epochs: passes over the full data, enough for them to converge, where papers' passes are meant for small
            sets; None: as over a set.
        teacher: who labels; None where labels are those of the set.
        views: of every example, that the teacher labels.
        most_draws: of a rival, where `repeats` of them do not decide the verdict; 0: no more than those.
    """

    name: str
    version: int
    summary: str
    training: Training
    networks: tuple[str, ...] = ()
    rate: Literal["fixed", "learnt"] = "fixed"
    labels: Literal["own", "hard", "probabilities", "teacher", "views"] = "own"
    repeats: int = 5
    steps: int | None = None
    steps_by_items: tuple[tuple[int, int], ...] = ()
    full_epochs: int | None = None
    teacher: Teacher | None = None
    views: int = 0
    most_draws: int = 0

    def __post_init__(self) -> None:
        """Raises `RequestError` where labels are a teacher's and there is none, or the other way round, and for views
        of none or of no use."""
        if (self.labels in ("teacher", "views")) != (self.teacher is not None):
            raise RequestError(f"exam {self.name!r} has labels={self.labels!r} and teacher={self.teacher}: give both")
        if (self.labels == "views") != (self.views > 0):
            raise RequestError(f"exam {self.name!r} has labels={self.labels!r} and views={self.views}: give both")

    @property
    def hash(self) -> str:
        """SHA-256 over everything that can change a score (not the summary, nor how many scores there are).

        A setting at its default is left out, so that stored scores keep their hash when exams learn something new.
        """
        parts = {"training": self.training} | ({"teacher": self.teacher} if self.teacher else {})
        record = {**_changed(replace(self, most_draws=0)), "summary": None} | {
            name: _changed(part) for name, part in parts.items()
        }
        return key_of(record)

    @property
    def rounds(self) -> tuple[int, ...]:
        """How often rivals are drawn before the verdict is looked at: `repeats`, twice as often, up to the most."""
        counts = [self.repeats]
        while counts[-1] < self.most_draws:
            counts.append(min(2 * counts[-1], self.most_draws))
        return tuple(counts)

    def learners(self, task: Task, names: tuple[str, ...] = (), execution: Execution = HERE) -> dict[str, Learner]:
        """The learners of this exam by name: the ones asked for, its own, or the modality's.

        Raises `UnknownNameError` for what is no learner and no network.
        """
        chosen = names or self.networks or task.modality.learners
        named = (task.modality.network if name == "default" else name for name in chosen)
        return {name: self._learner(name, execution) for name in named}

    def _learner(self, name: str, execution: Execution) -> Learner:
        learner = named_learner(name, self.training, execution)
        if self.teacher and not isinstance(learner, NetworkTraining):
            raise RequestError(f"in exam {self.name!r} a teacher labels what a network reads: {name!r} is no network")
        return learner


def _changed(record: Any) -> dict[str, Any]:
    own = {field.name: (getattr(record, field.name), field.default) for field in fields(record)}
    return {name: value for name, (value, default) in own.items() if value != default}


def exam_names(plugins: bool = True) -> tuple[str, ...]:
    """Names of all presets. Args: plugins, whether those of other packages count."""
    own = {path.stem for path in _PRESETS.glob("*.toml")}
    return tuple(sorted(own.union(EXAMS.things()) if plugins else own))


def exam_summary(name: str) -> str:
    """A preset's summary."""
    return named_exam(name).summary


def named_exam(name: str) -> Exam:
    """The preset of a name. Raises `UnknownNameError`, or `PluginError` for one of a package that cannot be used."""
    if name in exam_names(plugins=False):
        record = tomllib.loads((_PRESETS / f"{name}.toml").read_text(encoding="utf8"))
        preset: Exam = structured({"name": name} | _tupled(record), Exam, f"exam {name}")
        return preset
    if name not in EXAMS.names():
        raise UnknownNameError("exam", name, exam_names())
    brought: Exam = EXAMS.get(name)
    return brought


def _tupled(value: Any) -> Any:
    """With tuples for lists, since an exam is hashable all through."""
    if isinstance(value, dict):
        return {key: _tupled(entry) for key, entry in value.items()}
    return tuple(map(_tupled, value)) if isinstance(value, list) else value
