"""DosCond on rings and stars: above random graphs, and its distance on the released code's gradients."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.kernels.distance import global_cosine, layerwise_cosine, relative_error
from condenset.learners.training import Training
from tests.conftest import close, golden
from tests.methods.learning import gain
from tests.tasks.graphs import example

EXAM = Exam("short", 1, "a test", Training(epochs=60, optimiser="adam", rate=0.01), networks=("graph-gcn:width=8",))


def test_a_short_run_beats_random_graphs() -> None:
    changes = {"steps": 15, "source.size": 4, "optimisers.data.rate": 0.2, "optimisers.adjacency.rate": 0.2}
    above, _ = gain("doscond", example.task(), changes, 1, EXAM)
    assert above > 0.0


def test_golden_distances() -> None:
    vectors = golden("modalities/graphs_doscond")
    real, synthetic = ([vectors[f"in_g_{side}_{number}"][None] for number in range(6)] for side in ("real", "syn"))
    close(relative_error(real, synthetic), vectors["out_mse_raw"][None], 1e-10)
    close(layerwise_cosine(real, synthetic), vectors["out_ours_raw"][None], 1e-10)
    close(global_cosine(real, synthetic), vectors["out_cos_raw"][None], 1e-10)
