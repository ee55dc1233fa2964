"""DosCond on rings and stars: its set comes nearer to the data, and its distance on the released code's gradients."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.kernels.distance import global_cosine, layerwise_cosine, relative_error
from condenset.learners.training import Training
from tests.conftest import close, golden
from tests.methods.learning import begun_and_ended
from tests.tasks.graphs import example


def test_a_short_run_from_random_graphs_learns() -> None:
    """Measured: 0.62 after 0.54, the distance 0.74 times what it was."""
    training = Training(epochs=60, optimiser="adam", rate=0.01)
    exam = Exam("short", 1, "a test", training, networks=("graph-gcn:width=8",))
    rates = {"optimisers.data.rate": 0.3, "optimisers.adjacency.rate": 0.3}
    changes = {"steps": 25, "source.size": 4, "start": "random", **rates}
    first, last, terms = begun_and_ended("doscond", example.task(), changes, 1, exam)
    assert sum(terms[-5:]) < 0.9 * sum(terms[:5])
    assert last > first + 0.02


def test_golden_distances() -> None:
    vectors = golden("modalities/graphs_doscond")
    real, synthetic = ([vectors[f"in_g_{side}_{number}"][None] for number in range(6)] for side in ("real", "syn"))
    close(relative_error(real, synthetic), vectors["out_mse_raw"][None], 1e-10)
    close(layerwise_cosine(real, synthetic), vectors["out_ours_raw"][None], 1e-10)
    close(global_cosine(real, synthetic), vectors["out_cos_raw"][None], 1e-10)
