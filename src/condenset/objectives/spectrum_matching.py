"""Spectrum matching: what features are along the eigenvectors of the set's graph and of the real one (GDEM, Liu et al.,
ICML 2024, arXiv 2310.09202). No network is trained or asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.codecs.graph_spectrum import GraphSpectrum
from condenset.core.execution import HERE, Execution
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.kernels.spectrum import (
    class_distance,
    eigenbasis_distance,
    extreme_eigenpairs,
    low_pass,
    orthogonality,
    spectral_features,
)
from condenset.signals.signal import Sums
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class SpectrumMatching:
    """Weights of the three terms.

    Attributes:
        basis: of the difference of features along eigenvectors.
        classes: of the difference of cosines between classes' propagated means from the identity.
        orthogonal: of the difference of the set's eigenvectors from orthonormal ones.
        smallest: share of the smallest eigenvalues, as the codec has it.
    """

    unlearnt: ClassVar[float] = 0.0

    basis: float = 1.0
    classes: float = 1.0
    orthogonal: float = 1.0
    smallest: float = 0.8

    def judged(self, terms: Mapping[str, float]) -> float:
        """The sum of all terms, by which steps of a run are compared."""
        return sum(terms.values())

    def begin(self, task: Task, execution: Execution = HERE) -> RunningSpectrumMatching:
        """Start a run."""
        return RunningSpectrumMatching(self, task)


class RunningSpectrumMatching:
    """The real graph's spectrum, found once."""

    def __init__(self, objective: SpectrumMatching, task: Task) -> None:
        """Args: objective, its weights; task, the data."""
        self._objective, self._task = objective, task
        self._real: tuple[Tensor, Tensor] | None = None

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """Three terms, "basis", "classes" and "orthogonal". Raises `RequestError` for a set that stores no spectrum."""
        lacking = "stores no eigenvectors: this objective needs graph-spectrum"
        codec = GraphSpectrum.expected(synthetic.codec, lacking)
        if self._real is None:
            self._real = self._measured(codec.values.shape[0])
        basis, means = self._real
        passed = low_pass(codec.values, codec.vectors, codec.features)
        (own,) = Sums.of([passed], synthetic.decode(), len(self._task.groups)).mean()
        weights = self._objective
        return {
            "basis": weights.basis * eigenbasis_distance(basis, spectral_features(codec.vectors, codec.features)),
            "classes": weights.classes * class_distance(means, own),
            "orthogonal": weights.orthogonal * orthogonality(codec.vectors),
        }

    def _measured(self, count: int) -> tuple[Float[Tensor, "k d"], Float[Tensor, "groups d"]]:
        """Real features along eigenvectors, and classes' means of propagated ones."""
        batch = self._task.train.all()
        graph: Nodes = Nodes.expected(batch.inputs, "objective 'spectrum matching'")
        values, vectors = extreme_eigenpairs(graph.propagation, count, self._objective.smallest)
        values, vectors = values.to(graph.features), vectors.to(graph.features)
        (means,) = Sums.of([low_pass(values, vectors, graph.features)], batch, len(self._task.groups)).mean()
        return spectral_features(vectors, graph.features), means
