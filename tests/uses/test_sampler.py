"""The sampler keeps the conventions of scikit-learn and imbalanced-learn, and what goes in comes out in kind."""

from __future__ import annotations

import inspect
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from imblearn.base import is_sampler
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import estimator_checks_generator as sampler_checks
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline as SklearnPipeline
from sklearn.utils.estimator_checks import estimator_checks_generator as estimator_checks

from condenset.core.budget import Size
from condenset.uses.sampler import Condenser

X, Y = load_iris(return_X_y=True)
NUMBERED = pd.DataFrame({"a": X[:, 0], "id": [f"no. {row}" for row in range(len(X))]})
NAMES = np.array(["setosa", "versicolor", "virginica"])


class Unchecked(Condenser):
    """The checks pass nonsense to the constructor, which only stores; the tests' type checker would refuse it."""

    __init__ = inspect.unwrap(Condenser.__init__)


def checks() -> list:
    """Every check of imbalanced-learn and of scikit-learn; the latter also fits classes of a single row."""
    found = [
        *sampler_checks(Unchecked(3, method="k-means", random_state=0)),
        *estimator_checks(Unchecked(1, method="k-means", random_state=0)),
    ]
    names = [f"{check.func.__module__.split('.')[0]}-{check.func.__name__}" for _, check in found]
    return [
        pytest.param(*pair, id=f"{name}-{index}") for index, (name, pair) in enumerate(zip(names, found, strict=True))
    ]


@pytest.mark.parametrize(("sampler", "check"), checks())
def test_conventions(sampler, check) -> None:
    check(sampler)


def mixed() -> tuple[pd.DataFrame, pd.Series]:
    """60 rows of every kind of column, with gaps, under an index that is no range; two classes."""
    numbers = np.random.default_rng(0)
    height = numbers.normal(170, 10, 60)
    height[::7] = np.nan
    frame = pd.DataFrame(
        {
            "age": numbers.integers(18, 90, 60),
            "height": height,
            "town": pd.Categorical(numbers.choice(["Bonn", "Köln"], 60), categories=["Bonn", "Köln", "Wien"]),
            "member": numbers.choice([True, False], 60),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(numbers.integers(0, 900, 60), unit="D"),
        },
        index=np.arange(60) + 1000,
    )
    return frame, pd.Series(numbers.choice(["no", "yes"], 60), name="bought", index=frame.index)


@pytest.mark.parametrize("method", ["k-means", "random"])
def test_a_table_of_every_kind_comes_out_legal_and_of_the_same_types(method: str) -> None:
    frame, target = mixed()
    rows, classes = Condenser(8, method=method, random_state=0).fit_resample(frame, target)
    assert list(rows.columns) == list(frame.columns)
    assert (rows.dtypes == frame.dtypes).all()
    assert classes.name == "bought"
    assert classes.dtype == target.dtype
    assert classes.value_counts().to_dict() == {"no": 8, "yes": 8}
    assert rows["age"].between(frame["age"].min(), frame["age"].max()).all()
    assert set(rows["town"]) <= {"Bonn", "Köln"}
    assert rows["height"].isna().any()
    assert (rows["since"].dt.normalize() == rows["since"]).all()


def test_random_rows_are_rows_of_their_class() -> None:
    rows, classes = Condenser(4, method="random", random_state=0).fit_resample(X, NAMES[Y])
    for row, name in zip(rows, classes, strict=True):
        own = X[NAMES[Y] == name]
        assert np.abs(own - row).max(axis=1).min() < 1e-5


def test_k_means_rows_are_the_centres_of_the_class() -> None:
    rows, classes = Condenser(1, method="k-means", random_state=0).fit_resample(X, Y)
    assert classes.tolist() == [0, 1, 2]
    np.testing.assert_allclose(rows, [X[k == Y].mean(axis=0) for k in range(3)], rtol=1e-5)


@pytest.mark.parametrize("labels", [NAMES[Y], Y.astype(np.int32), Y.astype(float) + 0.0, Y.astype(np.uint8), Y > 0])
def test_labels_keep_their_dtype(labels: np.ndarray) -> None:
    _, classes = Condenser(2, method="k-means", random_state=0).fit_resample(X, labels)
    assert classes.dtype == labels.dtype
    assert set(classes.tolist()) == set(labels.tolist())


def test_a_categorical_target_keeps_its_categories() -> None:
    target = pd.Series(pd.Categorical(NAMES[Y], categories=[*NAMES[::-1], "unseen"]))
    _, classes = Condenser(2, method="k-means", random_state=0).fit_resample(pd.DataFrame(X), target)
    assert classes.dtype == target.dtype


def test_what_was_fitted() -> None:
    frame = pd.DataFrame(X, columns=list("abcd"))
    sampler = Condenser(3, method="k-means", random_state=0).fit(frame, NAMES[Y])
    assert sampler.n_features_in_ == 4
    assert sampler.feature_names_in_.tolist() == list("abcd")
    assert sampler.sampling_strategy_ == {"setosa": 3, "versicolor": 3, "virginica": 3}
    assert len(sampler.synthetic_set_.decode()) == 9


def test_the_seed_decides() -> None:
    first, again, other = (Condenser(5, method="random", random_state=seed).fit_resample(X, Y)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_another_budget_and_changes_to_the_recipe() -> None:
    sampler = Condenser(Size(items=7), method="dm", random_state=0, changes={"steps": 3, "network": "mlp:width=8"})
    rows, _ = sampler.fit_resample(X, Y)
    assert rows.shape == (7, 4)
    assert sorted(sampler.sampling_strategy_.values()) == [2, 2, 3]
    start = clone(sampler).set_params(changes={"steps": 0}).fit_resample(X, Y)[0]
    assert not np.allclose(rows, start), "three steps changed nothing"


@pytest.mark.parametrize("labels", [NAMES[Y], Y, Y.astype(float), pd.Series(pd.Categorical(NAMES[Y]))])
def test_every_class_has_as_many_rows_as_its_name_is_given(labels) -> None:
    names = np.unique(labels)
    told = dict(zip(names[::-1], (7, 2, 4), strict=True))
    for strategy in (told, lambda y: told):
        sampler = Condenser(strategy, method="k-means", random_state=0)
        rows, classes = sampler.fit_resample(X, labels)
        assert sampler.sampling_strategy_ == told == {name: (np.asarray(classes) == name).sum() for name in names}
        centre = rows[np.asarray(classes) == names[1]].mean(axis=0)
        np.testing.assert_allclose(centre, X[Y == 1].mean(axis=0), atol=0.3)
        np.testing.assert_allclose(sampler.sample_weight_.mean(), 1.0, atol=1e-6)


def test_auto_gives_every_class_the_rows_of_the_smallest_one() -> None:
    kept = np.r_[0:50, 50:75, 100:110]
    sampler = Condenser("auto", method="k-means", random_state=0)
    rows, classes = sampler.fit_resample(X[kept], Y[kept])
    assert sampler.sampling_strategy_ == {0: 10, 1: 10, 2: 10}
    assert {tuple(row) for row in np.round(rows[classes == 2], 4)} == {tuple(row) for row in X[100:110]}
    shares = [sampler.sample_weight_[classes == c].sum() / 30 for c in range(3)]
    assert shares == pytest.approx([50 / 85, 25 / 85, 10 / 85], abs=1e-3)


def test_in_a_pipeline_a_classifier_learns_from_the_distilled_rows_alone() -> None:
    pipeline = make_pipeline(Condenser(2, method="k-means", random_state=0), LogisticRegression(max_iter=500))
    assert pipeline.fit(X, NAMES[Y]).score(X, NAMES[Y]) > 0.85
    assert is_sampler(pipeline[0])
    search = GridSearchCV(pipeline, {"condenser__sampling_strategy": [1, 4]}, cv=3).fit(X, NAMES[Y])
    assert search.best_score_ > 0.85


def test_pipelines_of_scikit_learn_refuse_it_as_any_sampler() -> None:
    """They ask for `transform`, and imbalanced-learn refuses what has both: there is no place for words of our own."""
    steps = [("condenser", Condenser(2, method="k-means")), ("learner", LogisticRegression())]
    with pytest.raises(TypeError, match=r"All intermediate steps should be transformers.*Condenser"):
        SklearnPipeline(steps).fit(X, Y)


@pytest.mark.parametrize(
    ("changes", "rows", "labels", "message"),
    [
        ({"sampling_strategy": 51}, X, Y, "has 50 for 51 items"),
        ({"sampling_strategy": 45}, X, Y, "on a part of .*has 40 for 45 items.*name the method"),
        ({"sampling_strategy": "auto", "method": "k-means"}, X, Y, "150 items is not below the 150 training examples"),
        ({"sampling_strategy": 0}, X, Y, "per_class=0 is empty"),
        ({"sampling_strategy": True}, X, Y, "sampling_strategy is True: give rows for every class"),
        ({"sampling_strategy": 0.5}, X, Y, r"is 0.5: .* a share of the rows is Size\(ratio=0.01\)"),
        ({"sampling_strategy": "minority"}, X, Y, "is 'minority': give rows for every class"),
        ({"sampling_strategy": {0: 5, 1: 5}}, X, Y, "no rows are said for 2; give rows for each of 0, 1, 2"),
        ({"sampling_strategy": {0: 5, 1: 5, 2: 5, 3: 5}}, X, Y, "y has no class 3"),
        ({"sampling_strategy": {0: 5, 1: 5, 2: 0}}, X, Y, "says 0 for 2: give a whole number of rows"),
        ({"sampling_strategy": {0: 5, 1: 2.5, 2: 5}}, X, Y, "says 2.5 for 1: give a whole number of rows"),
        ({"sampling_strategy": {0: 5, 1: 5, 2: 51}}, X, Y, "2 has 50 for 51 items"),
        ({"sampling_strategy": {0: 5}, "regression": True}, X, X[:, 0], "numbers have no classes"),
        ({"method": "gcond"}, X, Y, "'gcond' needs nodes"),
        ({"method": "k-mean"}, X, Y, "did you mean 'k-means'"),
        ({"method": "dm", "changes": {"step": 1}}, X, Y, "unknown setting 'step'"),
        ({}, X, np.zeros(150), "one class only"),
        ({}, X, X[:, 0], "Unknown label type"),
        ({}, X, None, "y is None"),
        ({}, X, Y[:149], "inconsistent numbers of samples"),
        ({}, np.where(X > 7, np.inf, X), Y, "infinity"),
        ({"method": "random"}, NUMBERED, Y, "id: identifiers.*drop them"),
    ],
)
def test_what_cannot_be_distilled_is_a_value_error_that_says_why(changes, rows, labels, message) -> None:
    with pytest.raises(ValueError, match=message):
        Unchecked(**({"random_state": 0} | changes)).fit_resample(rows, labels)


def test_a_sparse_matrix_is_refused() -> None:
    with pytest.raises(TypeError, match="dense data is required"):
        Condenser().fit_resample(sp.csr_array(X), Y)


def test_scikit_learn_is_enough() -> None:
    script = (
        "import sys; sys.modules['imblearn'] = None\n"
        "from sklearn.datasets import load_iris; from condenset import Condenser\n"
        "assert Condenser(1, method='random').fit_resample(*load_iris(return_X_y=True))[0].shape == (3, 4)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.slow
def test_without_a_method_it_takes_the_one_that_suits_the_rows() -> None:
    rows, classes = Condenser(3, random_state=0).fit_resample(X, Y)
    assert len(rows) == 9 and sorted(set(classes)) == [0, 1, 2]
    with pytest.raises(ValueError, match="name the method"):
        Condenser(3, changes={"steps": 3}).fit_resample(X, Y)


def test_numbers_are_targets_too() -> None:
    numbers = np.random.default_rng(0)
    inputs = numbers.normal(size=(200, 3))
    targets = inputs @ np.array([2.0, -1.0, 0.5]) + numbers.normal(scale=0.1, size=200)
    sampler = Condenser(2, method="relabel", regression=True, random_state=0)
    rows, taught = sampler.fit_resample(inputs, pd.Series(targets, name="price"))
    assert taught.name == "price" and len(rows) == len(taught) == 20
    model = LinearRegression().fit(rows, taught)
    assert model.score(inputs, targets) > 0.9


def test_weights_keep_the_shares_of_the_classes() -> None:
    kept = np.r_[0:50, 50:75, 100:110]
    sampler = Condenser(5, method="k-means", random_state=0)
    _, classes = sampler.fit_resample(X[kept], Y[kept])
    shares = [sampler.sample_weight_[classes == c].sum() / sampler.sample_weight_.sum() for c in range(3)]
    assert shares == pytest.approx([50 / 85, 25 / 85, 10 / 85], abs=1e-3)
