"""Short runs on small data are ahead of as many random examples, a row a method; figures beside rows were measured.

A row leaves its method no test file of its own to write, unless there is more to say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest

from condenset.core.budget import Size
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam, named_exam
from condenset.learners.channel_ridge import ChannelRidgeRegression
from condenset.learners.training import Training
from condenset.run.distill import distill
from condenset.tasks.catalogue import open_task
from condenset.tasks.series import series_from_arrays
from condenset.tasks.task import Task
from tests.examples import digits
from tests.methods.learning import gain, sixty_epochs
from tests.tasks.graph.example import communities
from tests.tasks.labelled_series import example as labelled_series
from tests.tasks.pictures.encoders import MODEL, weights
from tests.tasks.series.example import waves
from tests.tasks.text import example as text

SLOW = (pytest.mark.slow,)


@dataclass(frozen=True)
class Ahead:
    """A short run of a method and what it must reach.

    Attributes:
        method, note: the test's name; a note where a method has two rows.
        above: accuracy above that of random examples of the same size, more than this (fractions).
        falls: the objective's sum over the last steps beside that over the first, less than this; "no steps" for what
            takes none; None where networks that learn have larger distances, or nothing is asked of it.
        over: how many steps these are.
        exam, repeats: how both are graded.
        changes: what shortens the recipe.
        marks: of the test.
    """

    method: str
    above: float
    falls: float | str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    exam: Exam = field(kw_only=True)
    note: str = field(default="", kw_only=True)
    over: int = field(default=10, kw_only=True)
    task: Callable[[], Task] = field(default=digits, kw_only=True)
    per_class: int = field(default=1, kw_only=True)
    repeats: int = field(default=3, kw_only=True)
    marks: tuple[pytest.MarkDecorator, ...] = field(default=(), kw_only=True)


def nodes(epochs: int) -> Exam:
    """A graph network that judges a set on the whole graph."""
    training = Training(epochs=epochs, optimiser="adam", rate=0.01, drop_at=(0.5,), selection="validation")
    return Exam("short", 1, f"{epochs} epochs", training, networks=("gcn:dropout=0.5",))


def kernel(summary: str) -> Exam:
    return Exam("kernel", 1, summary, Training(epochs=1), networks=("kernel",))


def rows_by(*learners: str) -> Exam:
    """Rows of a table, by these learners."""
    return replace(named_exam("tabular"), networks=learners)


def encoded_digits() -> Task:
    """Without labels, under an encoder."""
    return open_task("digits", "unlabelled-images", encoder=MODEL, encoder_weights=str(weights()), encoder_size=32)


def trajectories(experts: str = "source.experts", starts: str = "source.starts") -> dict[str, Any]:
    """What shortens a recipe on digits; experts and starts, where its source keeps them."""
    return {
        "network": MLP, "steps": 100, "objective.inner.steps": 20, "objective.inner.augment": False,
        f"{experts}.examples": len(digits().train), f"{experts}.augment": False, f"{experts}.rate": 0.05,
        f"{starts}.end": 4, "optimisers.data.rate": 10.0,
    }  # fmt: skip


def start_asks(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The same where the start asks the experts, too."""
    of_start = {f"start.{path}": value for path, value in changes.items() if path.startswith("source.")}
    return {**changes, **of_start, "start.network": changes["network"]}


CONVNET, MLP, SMALL_MLP = "convnet:width=16,depth=2", "mlp:width=64,depth=1", "mlp:width=32,depth=1"
FREPO, SOFTPLUS = "frepo-convnet:width=16,depth=2", "frepo-convnet:width=8,depth=2,activation=softplus"
NNGP = "nngp-convnet:width=16,copies=2,depth=2"
_ADAM = Training(epochs=200, optimiser="adam", rate=3e-3, weight_decay=0.0, schedule="cosine", loss="squared")
SQUARED = Exam("short", 1, "200 epochs", _ADAM, networks=(FREPO,))
LINEAR = Exam("linear", 1, "logistic regression", Training(epochs=1), networks=("logistic",))
TRAJECTORIES, NODES = trajectories(), nodes(40)
NODE_TRAJECTORIES: dict[str, Any] = {
    "steps": 24, "objective.inner.steps": 6, "source.experts.count": 1, "source.epochs": 15, "source.starts.end": 2,
    "source.experts.rate": 0.1, "rates.initial": 0.2, "network": "gcn:hidden=32", "optimisers.data.rate": 0.05,
}  # fmt: skip
GEOM = NODE_TRAJECTORIES | {
    "source.experts.curriculum.whole_from": 8, "source.starts.begin_end": 1, "source.starts.growth": 10,
}  # fmt: skip
SERIES_TRAJECTORIES = {
    "steps": 30, "network": "dual-cnn:width=4,depth=2,kernel=3", "objective.inner.steps": 3, "source.epochs": 8,
    "source.starts.end": 2, "source.experts.count": 2, "source.experts.rate": 0.3, "rates.initial": 0.5,
    "optimisers.data.rate": 0.3,
}  # fmt: skip
ATTENDED = "text-transformer:width=16,heads=2,head=0"

# Random examples: 0.58.
by_convnet = partial(Ahead, changes={"network": CONVNET, "steps": 150}, exam=sixty_epochs(CONVNET), marks=SLOW)
# Random examples: 0.60.
by_experts = partial(Ahead, exam=sixty_epochs(MLP), marks=SLOW)
# Random examples: 0.58.
by_frepo = partial(Ahead, exam=SQUARED, marks=SLOW)
by_mlp = partial(Ahead, exam=sixty_epochs(MLP))
by_small_mlp = partial(Ahead, exam=sixty_epochs(SMALL_MLP))
on_wine = partial(Ahead, task=partial(open_task, "wine"))
on_nodes = partial(Ahead, task=communities, exam=NODES, repeats=2)

AHEAD = [
    by_convnet("atom", 0.15, 0.7),  # 0.86
    by_convnet("cafe", 0.15, 0.7),  # 0.85
    by_convnet("datadam", 0.15, 0.7),  # 0.86
    by_convnet("dcc", 0.15, 0.8),  # 0.80
    by_convnet("dream", 0.1),  # 0.74
    by_convnet("dsa", 0.15, 0.8),  # 0.81
    by_convnet("dsdm", 0.04, 0.8),  # 0.07 above
    by_convnet("idc", 0.1),  # 0.74
    by_convnet("idm", 0.15),  # 0.80
    by_convnet("iid", 0.15, 0.8),  # 0.84
    by_convnet("m3d", 0.1, 0.75),  # 0.77
    by_convnet("ncfm", 0.1, 0.85),  # 0.77
    by_experts("datm", 0.2, 0.3, start_asks(TRAJECTORIES)),  # 0.87
    by_experts("ftd", 0.2, 0.3, TRAJECTORIES),  # 0.87
    by_experts("mct", 0.2, 0.3, TRAJECTORIES | {"source.length": 7}),  # 0.87
    by_experts("pad", 0.17, 0.4, start_asks(TRAJECTORIES)),  # 0.84
    by_experts("seqmatch", 0.12, 0.5, trajectories("source.expert.experts", "source.expert.starts")
               | {"source.steps": 50}, per_class=2),  # 0.90 against 0.73
    by_experts("tesla", 0.2, 0.3, TRAJECTORIES),  # 0.87
    # 0.18 above after few steps by few experts.
    by_mlp("mtt", 0.1, 0.6, TRAJECTORIES | {"steps": 40, "objective.inner.steps": 10, "source.experts.count": 4}),
    by_mlp("dc", 0.1, 0.8, {"network": MLP, "steps": 60, "objective.per_group": 64}),  # 0.28 above
    by_mlp("dm", 0.12, 0.6, {"network": MLP, "steps": 80, "source.size": 10}),  # 0.27 above
    by_small_mlp("addmem", 0.08, 0.8, {"network": SMALL_MLP, "steps": 60, "objective.solver.inner.rate": 0.05},
                 marks=SLOW),  # 0.17 above after 100 steps
    by_small_mlp("rat-bptt", 0.1, 0.7, {"network": SMALL_MLP, "steps": 100, "objective.solver.inner.rate": 0.01},
                 marks=SLOW),  # 0.19 above
    by_small_mlp("el2n", 0.1, "no steps", {"start.network": SMALL_MLP}),  # 0.197 above
    by_small_mlp("grand", 0.1, "no steps", {"start.network": SMALL_MLP}),  # 0.212 above
    # 0.018 above.
    by_small_mlp("grand", 0, None, {"start.network": SMALL_MLP}, note="quarter", per_class=40, marks=SLOW),
    Ahead("rded", 0.05, "no steps", {"start.network": f"{CONVNET},norm=batch", "start.source.squeeze.batch": 32,
                                     "start.smallest": 0.6}, exam=sixty_epochs(CONVNET)),
    Ahead("herding", 0.1, "no steps", exam=LINEAR),
    Ahead("k-center", 0.1, "no steps", exam=LINEAR),
    Ahead("k-means", 0.1, "no steps", exam=LINEAR),
    Ahead("medoids", 0.04, "no steps", exam=LINEAR, per_class=5),
    Ahead("kip", 0.2, 0.7, {"steps": 40}, exam=kernel("KIP's kernel"), over=5, repeats=1),  # 0.93 against 0.63
    Ahead("ls", 0.1, "no steps", exam=kernel("KIP's kernel"), repeats=1),  # 0.81 against 0.62
    by_frepo("frepo", 0.15, 0.6, {"network": FREPO, "steps": 300, "objective.examples": 200}),  # 0.83
    by_frepo("rcig", 0.05, 0.7, {"network": SOFTPLUS, "steps": 60, "objective.examples": 200}),  # 0.69
    by_frepo("rfad", 0.2, 0.7, {"network": NNGP, "steps": 150, "objective.examples": 200}),  # 0.89
    by_frepo("krr-st", 0.05, 0.7, {"network": FREPO, "steps": 300, "objective.examples": 200}, task=encoded_digits,
             per_class=10),
    on_wine("dd", 0.06, 0.6, {"network": SMALL_MLP, "steps": 300}, repeats=10, marks=SLOW,
            exam=replace(named_exam("dd2018"), networks=(SMALL_MLP,))),  # 0.13 above
    on_wine("sldd", 0.08, 0.3, {"network": SMALL_MLP, "steps": 300}, marks=SLOW,
            exam=replace(named_exam("dd2018"), networks=(SMALL_MLP,), repeats=3)),  # 0.278 above
    on_wine("relabel", 0.06, "no steps", exam=rows_by("logistic", "boosting"), per_class=3, repeats=5),
    on_wine("tdcoler", 0.06, "no steps", {"start.autoencoder.rounds": 20, "start.autoencoder.alone": 10,
                                          "start.autoencoder.batch": 32}, exam=rows_by("logistic"), repeats=5),
    on_nodes("cgc", 0.12),
    on_nodes("cgc-x", 0.12),
    on_nodes("node-clusters", 0.12),
    on_nodes("doscond-nodes", 0.12, 0.7, {"steps": 60, "optimisers.data.rate": 0.05}),
    on_nodes("gc-sntk", 0.05, None, {"steps": 40, "optimisers.data.rate": 0.05}),
    on_nodes("gc-sntk", 0.1, 0.8, {"steps": 40, "optimisers.data.rate": 0.05}, note="kernel", repeats=1,
             exam=kernel("the graph's kernel")),
    on_nodes("gcdm", 0.12, 0.7, {"steps": 60, "optimisers.data.rate": 0.05}),
    on_nodes("gcond", 0.12, 0.6, {"steps": 60, "source.inner": 5, "optimisers.adjacency.rate": 3e-3,
                                  "optimisers.data.rate": 0.05}, exam=nodes(60), repeats=5),  # 0.25 above
    # At the recipe's own rates the features, of deviation 0.007, hardly move so soon.
    on_nodes("gcond", 0.1, 0.6, {"steps": 150, "source.inner": 5, "optimisers.adjacency.rate": 3e-3,
                                 "optimisers.data.rate": 5e-4}, exam=nodes(100), repeats=5, note="cora", per_class=2,
             task=partial(open_task, "cora"), marks=(*SLOW, pytest.mark.real_data("planetoid/cora/raw"))),  # 0.27 above
    on_nodes("gcond-x", 0.12, 0.6, {"steps": 60, "source.inner": 5, "optimisers.data.rate": 0.05}),  # 0.22 above
    on_nodes("gdem", 0.1, 0.9, {"steps": 100}),
    # Experts so briefly taught give labels that say little.
    on_nodes("geom", 0.03, 0.8, start_asks(GEOM)),  # 0.06 above
    on_nodes("sfgc", 0.1, 0.8, NODE_TRAJECTORIES),
    # By the nearest neighbour, which takes no part in the learning.
    Ahead("condtsc", 0.1, 0.9, SERIES_TRAJECTORIES, task=labelled_series.noisy, marks=SLOW,
          exam=replace(named_exam("labelled-series"), networks=("knn:k=1",))),  # 0.21 above
    Ahead("attention-labels", 0.2, 0.7, {"network": ATTENDED, "codec": "attended-texts:places=4,layers=1,heads=2",
                                         "steps": 100}, task=text.task, marks=SLOW, repeats=1,
          exam=replace(named_exam("dd2018"), networks=(ATTENDED,), repeats=1)),
]  # fmt: skip


def rows(table: Sequence[Any]) -> list[Any]:
    """The table as pytest reads it, by the names of methods."""
    return [pytest.param(row, id="-".join(filter(None, (row.method, row.note))), marks=row.marks) for row in table]


@pytest.mark.parametrize("row", rows(AHEAD))
def test_a_short_run_beats_random_examples(row: Ahead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    above, terms = gain(row.method, row.task(), row.changes, row.per_class, row.exam, row.repeats)
    assert above > row.above
    if row.falls == "no steps":
        assert terms == []
    elif row.falls is not None:
        assert sum(terms[-row.over :]) < row.falls * sum(terms[: row.over])


@dataclass(frozen=True)
class Forecast:
    """A short run on a wave that noise nearly hides, and what ridge regression on it must reach.

    Attributes:
        method, note: the test's name.
        points: of the set, and of the random slice beside it.
        changes: what shortens the recipe.
        share: of the random slice's mean squared error, less than this.
        most: of error in itself, less than this.
        marks: of the test.
    """

    method: str
    points: int
    changes: Mapping[str, Any]
    share: float
    most: float = inf
    note: str = field(default="", kw_only=True)
    marks: tuple[pytest.MarkDecorator, ...] = field(default=(), kw_only=True)


FORECAST_TRAJECTORIES = {
    "steps": 80, "source.experts.count": 2, "source.experts.batch": 32, "source.experts.rate": 0.1,
    "source.starts.end": 6, "objective.inner.steps": 10,
}  # fmt: skip
FORECASTS = [
    Forecast("condtsf", 6, FORECAST_TRAJECTORIES, 0.9, marks=SLOW),
    Forecast("hdt", 6, FORECAST_TRAJECTORIES, 0.95, marks=SLOW),
    # Six points are fewer than a window of twelve steps has. Nothing linear gets below .513, all of the data's.
    Forecast("series-ridge", 6, {"steps": 80}, 0.8, 0.53, note="6"),
    Forecast("series-ridge", 30, {"steps": 80}, 0.97, 0.53, note="30"),
]


@pytest.mark.parametrize("row", rows(FORECASTS))
def test_a_short_run_forecasts_better_than_a_random_slice(
    row: Forecast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8 steps to the next 4, on validation data, over two sets."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    noise = np.random.default_rng(5).normal(size=(400, 2)) * [1, 16]
    task = series_from_arrays(waves(400) + noise, lookback=8, horizon=4)

    def error(method: str, changes: Mapping[str, Any]) -> float:
        sets = [distill(task, method, size=Size(items=row.points), seed=seed, changes=changes) for seed in (0, 1)]
        fitted = [ChannelRidgeRegression().fit(found.decode().detach(), task, Rng(0)) for found in sets]
        return fmean(task.validate(model, Rng(0)) for model in fitted)

    found, rival = error(row.method, row.changes), error("random-slice", {})
    assert found < row.share * rival and found < row.most, f"{found:.3f} beside {rival:.3f}"
