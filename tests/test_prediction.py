"""Predictions: exact where they can be, of the right size where they are measured, and without a trace."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from condenset.assets.experts import ExpertStore
from condenset.assets.teacher_store import TeacherStore
from condenset.assets.teachers import Lessons, Teachers
from condenset.codecs import mosaic
from condenset.core.batch import Batch
from condenset.core.budget import Size
from condenset.core.errors import BudgetError
from condenset.core.execution import LOCAL
from condenset.core.process import peak_memory
from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.finishes.relabel import Relabel
from condenset.learners.learner import Model
from condenset.prediction import Pace, Prediction, predict
from condenset.recipe import budgeted
from condenset.run.config import Config
from condenset.run.distill import prepare, run
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task
from tests.examples import blobs
from tests.tasks.graph.example import communities

FEW = {"dm": {"steps": 2, "objective.per_group": 4}, "kip": {"steps": 2}}


@pytest.fixture(scope="module")
def digits() -> Task:
    return open_task("digits")


def predicted(config: Config, task: Task) -> Prediction:
    counts, recipe = budgeted(config.method, task, config.size, config.changes)
    return predict(task, recipe, counts, config.seed)


@pytest.mark.parametrize("method", ["dm", "kip", "random"])
def test_the_bytes_are_those_of_the_finished_set(method: str, digits: Task) -> None:
    config = Config("digits", method, Size(per_class=2), changes=FEW.get(method, {}))
    found, done = predicted(config, digits), run(config, task=digits)
    size = done.synthetic.nbytes()
    assert (found.data_bytes, found.label_bytes, found.extra_bytes) == (size.data, size.labels, size.extras)
    assert (found.steps, found.items) == (done.steps, 20)


def test_a_graph_is_weighed_as_it_is_stored_and_its_files_are_those_on_disk(tmp_path: Path) -> None:
    task = communities(classes=3, each=20)
    config = Config("communities", "gcond", Size(items=6), changes={"steps": 3})
    found, done = predicted(config, task), run(config, task=task, out=tmp_path / "set")
    size = done.synthetic.nbytes()
    assert (found.data_bytes, found.label_bytes) == (size.data, size.labels) == (6 * 16 * 4 + 6 * 6 * 4, 6)
    on_disk = sum(path.stat().st_size for path in (tmp_path / "set").iterdir())
    assert found.disk == pytest.approx(on_disk, rel=0.15)


def test_pictures_that_are_compressed_anew_once_they_are_learnt_are_in_the_time(
    digits: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed = Mock(wraps=mosaic._compressed)
    monkeypatch.setattr(mosaic, "_compressed", compressed)
    changes = FEW["dm"] | {"codec": "mosaic"}
    predicted(Config("digits", "dm", Size(per_class=2), changes=changes), digits)
    assert compressed.call_count == 2, "of the start, and of what was learnt"


def test_the_time_grows_with_the_steps_and_is_of_the_right_order(digits: Task) -> None:
    changes = {"steps": 20, "source.size": 1, "source.renew_every": 1, "objective.per_group": 4}
    config = Config("digits", "dm", Size(per_class=1), changes=changes)
    found, done = predicted(config, digits), run(config, task=digits)
    assert found.seconds == pytest.approx(done.wall_s, rel=4)  # the machine may be busy with others
    longer = predicted(Config("digits", "dm", Size(per_class=1), changes=changes | {"steps": 2000}), digits)
    assert 20 * found.seconds < longer.seconds < 500 * found.seconds


def test_the_memory_covers_what_the_process_took(digits: Task) -> None:
    found = predicted(Config("digits", "dm", Size(per_class=1), changes=FEW["dm"]), digits)
    assert 100 * 2**20 < found.memory < 1.3 * peak_memory()


def test_a_pool_gets_the_memory_that_the_rest_leaves(digits: Task) -> None:
    """Networks of 34 megabytes, of which twelve steps meet 7.6 on average; the real sides beside them are small."""
    network = "mlp:width=2048,depth=3"
    changes = {"network": network, "steps": 12, "source.size": 12, "objective.per_group": 4}
    counts, recipe = budgeted("dm", digits, Size(per_class=1), changes)
    member = digits.network(network, Rng(0)).nbytes
    whole = predict(digits, recipe, counts, 0)
    assert 7.5 * member <= whole.pool < 7.7 * member
    half = predict(digits, recipe, counts, 0, max_memory=whole.memory - whole.pool // 2)
    assert half.memory <= whole.memory - whole.pool // 2
    assert member <= half.pool <= 0.6 * whole.pool
    least = predict(digits, recipe, counts, 0, max_memory=2**20)
    assert member <= least.pool < 1.01 * member
    with pytest.raises(BudgetError, match="more than the 1 MiB allowed"):
        least.within(2**20, None)


def test_what_a_run_measures_anew_where_memory_holds_a_part_of_its_pool() -> None:
    """100 steps that meet 20 networks: 80 of them meet one again, and half of these find it forgotten."""
    pace = Pace(once=7.0, new=1.0, old=0.1, networks=20.0)
    assert pace.seconds(100, 1.0) == pytest.approx(7 + 20 + 8)
    assert pace.seconds(100, 0.5) == pytest.approx(7 + 60 + 4)
    assert Pace(new=2.0, old=2.0).seconds(100, 1.0) == 200


SLOW = (pytest.param(method, marks=pytest.mark.slow) for method in ("seqmatch", "mct", "ncfm"))


@pytest.mark.parametrize("method", ["mtt", "sre2l", "rded", *SLOW])
def test_missing_experts_are_named_and_counted_and_not_trained(
    method: str, digits: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    kind = TeacherStore if method in ("sre2l", "rded") else ExpertStore
    cost = kind.cost
    monkeypatch.setattr(kind, "cost", lambda store, number: (1e5 * number, cost(store, number)[1]))
    changes: dict[str, object] = {"steps": 4, "network": "convnet:width=16"}
    if method == "rded":  # its start reads the experts, and nothing else does
        changes = {"start.network": "convnet:width=16"}
    elif method == "sre2l":
        changes["network"] = "convnet:width=16,norm=batch"
    elif method != "ncfm":
        changes["objective.inner.steps"] = 5
    config = Config("digits", method, Size(per_class=2), changes=changes)
    found = predicted(config, digits)
    number = re.fullmatch(rf"{kind.called}: (\d+) .*", found.assets[0])
    assert number is not None
    own = found.seconds - 1e5 * int(number[1])
    assert 0 <= own < 1e5  # of steps, and of finishing
    assert not list(tmp_path.rglob("*.safetensors"))
    recipe = budgeted(config.method, digits, config.size, config.changes)[1]
    prepare(recipe, digits, LOCAL)
    trained = sum(path.stat().st_size for path in tmp_path.rglob("*.safetensors"))
    stages = getattr(recipe.source, "stages", 1)  # experts of later stages are trained while the run lasts
    with_experts = predicted(config, digits)
    assert stages * trained <= found.disk < stages * trained + with_experts.disk + 4e5
    own = with_experts.seconds - 1e5 * int(number[1]) * (stages - 1) / stages
    assert 0 <= own < 1e5  # of steps, and of finishing
    assert with_experts.assets == () or stages > 1


def test_experts_trained_ahead_are_those_that_a_recipe_with_its_own_augmentation_reads(
    digits: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    changes = {"steps": 3, "network": "convnet:width=4,depth=1", "source.experts.examples": 64}
    counts, recipe = budgeted("ncfm", digits, Size(per_class=1), changes)
    assert recipe.augmentation
    prepare(recipe, digits, LOCAL)
    trained = set(tmp_path.rglob("*.safetensors"))
    assert trained
    assert predict(digits, recipe, counts, 0).assets == ()
    for _ in distillation(start_state(digits, recipe, counts, 0), 0):
        pass
    assert set(tmp_path.rglob("*.safetensors")) == trained


def test_models_of_the_data_are_named_and_counted_and_not_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    changes = {"start.autoencoder.rounds": 20, "start.autoencoder.alone": 10}
    config, task = Config("iris", "tdcoler", Size(per_class=2), changes=changes), open_task("iris")
    found = predicted(config, task)
    assert found.assets == ("autoencoder (trained once, then shared)",)
    assert not list(tmp_path.rglob("*.safetensors"))
    prepare(budgeted(config.method, task, config.size, config.changes)[1], task, LOCAL)
    trained = sum(path.stat().st_size for path in tmp_path.rglob("*.safetensors"))
    then = predicted(config, task)
    assert then.assets == ()
    assert found.disk - then.disk == pytest.approx(trained, rel=0.1)
    longer = predicted(replace(config, changes={**changes, "start.autoencoder.rounds": 20_000}), task)
    assert longer.seconds > 10 * found.seconds


def test_a_limit_names_what_fits() -> None:
    found = Prediction(1000, 10, 1, 1, 0, seconds=100.0, memory=2**30, pool=0, loaded=2**28, disk=1, assets=())
    found.within(2**30, 100.0)
    with pytest.raises(BudgetError, match=r"--set steps=250$"):
        found.within(None, 25.0)
    with pytest.raises(BudgetError, match="1024 MiB, more than the 512 MiB allowed: about 33%"):
        found.within(2**29, None)
    with pytest.raises(BudgetError, match="256 MiB alone"):
        found.within(2**28, None)


@pytest.mark.parametrize(("method", "lessons"), [("relabel", 1), ("coreset-search", 4)])
def test_teachers_are_named_and_counted_and_taught_a_few_examples_only(
    method: str, lessons: int, digits: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are cross-fitted learn five times from four fifths."""
    seen: list[int] = []
    taught = Teachers.taught

    def noted(teachers: Teachers, lesson: Batch, task: Task, rng: Rng) -> list[Model]:
        seen.append(len(lesson))
        return taught(teachers, lesson, task, rng)

    monkeypatch.setattr(Teachers, "taught", noted)
    monkeypatch.setattr(Lessons, "seconds", lambda own: 1e5 * own.times)
    task = digits if method == "relabel" else blobs(per_class=200)
    found = predicted(Config(task.name, method, Size(per_class=2)), task)
    assert found.assets == ("teachers (trained in every run)",)
    assert 0 <= found.seconds - 1e5 * lessons < 1e5
    assert 0 < max(seen) <= 100 < len(task.train)


def test_teachers_that_two_parts_ask_for_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lessons, "seconds", lambda own: 1e5 * own.times)
    task = blobs(per_class=200)
    counts, recipe = budgeted("relabel", task, Size(per_class=2), {})
    for further, times in ((Relabel(), 1), (Relabel(Teachers(("logistic",))), 2)):
        found = predict(task, replace(recipe, finish=(*recipe.finish, further)), counts, 0)
        assert 0 <= found.seconds - 1e5 * times < 1e5
