"""Control as a task: from the expert of an environment, or from a log of the user's."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.core.groups import ByClass
from condenset.core.rng import Rng
from condenset.tasks.catalogue import open_task
from condenset.tasks.control import control_from_log, loading, open_control
from condenset.tasks.control.environment import TEST, VALIDATION, Log
from condenset.tasks.control.loading import knows_environment, recognise_log
from condenset.tasks.task import Task
from tests.examples import normal
from tests.tasks.control.example import BY_HAND, POLE, RAW, log, registered, task


@pytest.fixture(scope="module")
def cartpole() -> Task:
    return open_task("cartpole", episodes=2)


def test_a_known_name_is_the_log_of_an_expert(cartpole: Task) -> None:
    assert cartpole.target.classes == ("left", "right")
    assert cartpole.groups == ByClass(("left", "right"))
    assert cartpole.input_spec.shape == (4,)
    assert len(cartpole.train) == 1000  # two episodes as long as they can be
    assert cartpole.train.counts().min() > 400
    states = cartpole.train.batch.inputs
    torch.testing.assert_close(states.mean(0), torch.zeros(4), atol=1e-3, rtol=0)
    torch.testing.assert_close(states.std(0, correction=0), torch.ones(4), atol=1e-3, rtol=0)
    assert {"features", "classes", "independent", "differentiable", "kernel", "environment"} == cartpole.offers
    assert len(cartpole.fingerprint["sha256"]) == 64 and cartpole.fingerprint["rows"] == 1000


def test_episodes_to_grade_by_are_none_of_the_logs(cartpole: Task) -> None:
    seeds = cartpole.held_out().inputs["seeds"], cartpole.validation.inputs["seeds"]
    assert [part.unique().tolist() for part in seeds] == [
        [TEST.start, TEST.start + 1], [VALIDATION.start, VALIDATION.start + 1],
    ]  # fmt: skip


def test_statistics_are_kept_with_the_set_and_it_opens_again(cartpole: Task) -> None:
    how = cartpole.preprocessing
    assert how["environment"] == POLE and how["actions"] == [0, 1]
    assert cartpole.resources["environment"].mean == tuple(how["mean"])
    again = open_control(**cartpole.source)
    assert again.fingerprint == cartpole.fingerprint
    moved = pickle.loads(pickle.dumps(cartpole))
    assert moved.resources["environment"] == cartpole.resources["environment"]


def test_the_seed_is_that_of_the_search(cartpole: Task) -> None:
    other = open_control("cartpole", episodes=2, seed=1)
    assert other.fingerprint != cartpole.fingerprint and other.target == cartpole.target


def test_an_id_of_gymnasium_opens_and_only_actions_of_the_log_are_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    own = normal(30, 2).numpy()
    actions = np.arange(30) % 2 * 2  # the second of three is never taken
    made = Log(own, actions, np.arange(30) // 10, np.array([1.0, 1.0, 0.25]))
    monkeypatch.setattr(loading, "logs_of", lambda *_: dict.fromkeys(("train", "validation", "test"), made))
    with registered() as name:
        assert knows_environment(name) and knows_environment(f"gym:{name}") and not knows_environment("my-table-v1")
        found = open_task(f"gym:{name}")
    assert (found.name, found.target.classes) == (name, ("5", "7"))
    assert found.resources["environment"].actions == (5, 7)
    assert found.train.batch.targets.tolist() == [0, 1] * 15
    assert found.target.goal == 0.75  # what the expert earns, where Gymnasium names no threshold


def test_a_users_log_is_split_in_the_order_of_time() -> None:
    found = log(200)
    opened = control_from_log(POLE, found.observations, found.actions)
    assert len(opened.train) == 160
    test, validation = opened.held_out(), opened.validation
    raw = test.inputs["states"] * torch.tensor(opened.preprocessing["std"]) + torch.tensor(opened.preprocessing["mean"])
    np.testing.assert_allclose(raw, found.observations[180:], atol=1e-5)
    assert test.targets.tolist() == found.actions[180:].tolist()
    assert validation.targets.tolist() == found.actions[160:180].tolist()
    assert test.inputs["seeds"].tolist() == list(range(TEST.start, TEST.start + 20))


def test_a_users_file_is_recognised_and_names_its_environment(tmp_path: Path) -> None:
    path, found = tmp_path / "mine.npz", log()
    np.savez(path, observations=found.observations, actions=found.actions)
    assert recognise_log(path)
    with pytest.raises(RequestError, match="say which by --environment"):
        open_task(path)
    opened = open_task(path, environment=POLE)
    assert (opened.name, len(opened.train)) == ("mine", 96)
    assert open_task(**opened.source).fingerprint == opened.fingerprint
    np.savez(path, x=found.observations, y=found.actions)
    assert not recognise_log(path)
    assert not recognise_log(tmp_path / "none.npz")


def test_a_policy_that_acts_as_the_expert_is_graded_by_its_episodes() -> None:
    opened = task()
    how = opened.preprocessing

    def model(states: torch.Tensor) -> torch.Tensor:
        raw = states * torch.tensor(how["std"]) + torch.tensor(how["mean"])
        return torch.nn.functional.one_hot(BY_HAND(raw[None])[0], 2).float()

    assert opened.grade(model, Rng(0)) == {"return": 500.0, "solved": 1.0, "agreement": 1.0}
    assert opened.validate(model, Rng(0)) == 500.0
    other = opened.grade(lambda states: 1 - model(states), Rng(0))
    expected = RAW.returns(lambda raw: 1 - BY_HAND(raw), 1, range(TEST.start, TEST.start + 20))
    graded = opened.held_out().inputs["seeds"].unique().tolist()
    assert graded == list(range(TEST.start, TEST.start + len(graded)))
    assert other == {"return": expected[0, : len(graded)].double().mean().item(), "solved": 0.0, "agreement": 0.0}


BAD = {
    "width": (lambda o, a: (o[:, :3], a), r"observations are \(120, 3\) float32: expected numbers \(steps, 4\)"),
    "text": (lambda o, a: (o.astype(str), a), "expected numbers"),
    "length": (lambda o, a: (o, a[1:]), r"actions are \(119,\) int64 beside 120 observations"),
    "fractions": (lambda o, a: (o, a + 0.5), "expected one whole number each"),
    "short": (lambda o, a: (o[:9], a[:9]), "the log has 9 steps: expected 10 or more"),
    "infinite": (lambda o, a: (np.where(np.arange(120)[:, None] == 7, np.inf, o), a), "observation 7 .* not finite"),
    "strange": (lambda o, a: (o, a + 1), r"takes the actions \[2\], which 'CartPole-v1' does not have"),
    "one": (lambda o, a: (o, 0 * a), "all 96 steps of 'log' take one action, left: expected two or more"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_log_that_cannot_be_used_is_refused(fault: str) -> None:
    found, (spoil, message) = log(), BAD[fault]
    with pytest.raises(DataError, match=message):
        control_from_log(POLE, *spoil(found.observations, found.actions))


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.npz"
    with pytest.raises(DataError, match="no file"):
        open_control(path, environment=POLE)
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(DataError, match="cannot be read"):
        open_control(path, environment=POLE)
    np.savez(path, observations=np.zeros((20, 4)))
    with pytest.raises(DataError, match=r"holds no array .*actions.*: expected observations"):
        open_control(path, environment=POLE)


def test_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="is none: leave it out"):
        open_control("cartpole", environment=POLE)
    with pytest.raises(RequestError, match="0 episodes is impossible"):
        open_control("cartpole", episodes=0)
    with pytest.raises(UnknownNameError, match="did you mean 'CartPole-v1'"):
        open_task("CartPole-v7")
    with pytest.raises(DataError, match=r"Pendulum-v1.*expected a few to choose from"):
        open_control("gym:Pendulum-v1")
