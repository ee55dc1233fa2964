"""Label update: the targets that a series decodes to, moved towards what teachers forecast from its windows."""

from __future__ import annotations

from dataclasses import dataclass, field

from condenset.assets.teachers import Teachers
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class LabelUpdate:
    """The plug-in of CondTSF (Ding et al., CondTSF: One-line Plugin of Dataset Condensation for Time Series
    Forecasting, NeurIPS 2024, arXiv 2406.02131), which acts between steps of any method.

    It lessens the squared distance of targets and forecasts, the value term of their bound.

    Attributes:
        share: of the way that the targets of a window move.
        stride: steps from one window that is updated to the next.
        teachers: whose labels they are.
    """

    share: float = 0.01
    stride: int = 4
    teachers: Teachers = field(default_factory=Teachers)

    def __post_init__(self) -> None:
        """Raises `RequestError` for a share that is none and for windows that do not go on."""
        if not (0 < self.share <= 1 and self.stride >= 1):
            raise RequestError(
                f"targets move by {self.share} of the way, at every {self.stride} steps: expected a share above 0 and "
                "up to 1, and 1 step or more"
            )

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same set with moved targets. Raises `RequestError` where these are stored apart from the inputs."""
        codec = synthetic.codec
        if codec.series() is None:
            raise RequestError(
                f"{type(codec).__name__} stores no series whose targets could be moved: take the codec series or "
                "harmonics, or the finish relabel"
            )
        forecasts = self.teachers.believed(task, codec().detach()[:: self.stride])
        return synthetic.replaced(codec=codec.towards(forecasts, self.share, self.stride))


FINISH = LabelUpdate()
