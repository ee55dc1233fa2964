"""Distillation as a sampler of scikit-learn and imbalanced-learn: a table goes in, a smaller one comes out.

`Condenser` needs scikit-learn alone; pipelines of imbalanced-learn know a sampler by its `fit_resample`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Shaped
from sklearn.base import BaseEstimator, OneToOneFeatureMixin
from sklearn.utils import InputTags, Tags, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, validate_data

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.distillation import distilled
from condenset.evaluation.recommend import recommend
from condenset.finishes.weigh import weigh
from condenset.synthetic import SyntheticSet
from condenset.tasks.catalogue import open_task
from condenset.tasks.columns.column import from_fields
from condenset.tasks.columns.keeping import decode_rows
from condenset.tasks.columns.rules import rules_from
from condenset.tasks.labelled.target_code import raw_targets
from condenset.tasks.task import Task
from condenset.uses.sampling_strategy import Strategy, size_of


class Condenser(OneToOneFeatureMixin, BaseEstimator):
    """Replaces a table by a distilled one, with a class or a number as its target.

    Numbers, integers, categories, dates and gaps keep their kind: every row that comes out is a legal row. Methods
    that learn soft labels give their likeliest class here; `synthetic_set_` has the whole labels.

    Parameters:
        sampling_strategy: how many rows come out. int, for every class, or bin of a number. dict, class -> rows, for
            every class; or a function of y that returns one. "auto": for every class as many as the smallest one has,
            which need a method that is named. `Size`: a budget of another kind, such as `Size(ratio=0.01)`.
        method: str or None, a method's name that does tables, see `condenset list methods`; None: the one that suits
            the rows, by a race on a part of them (`condenset.evaluation.recommend`), which takes some seconds.
        regression: bool, whether y holds numbers instead of classes.
        random_state: int, `RandomState` or None, as everywhere in scikit-learn.
        changes: mapping or None, dotted changes to the method's recipe ("steps": 100).

    Attributes:
        synthetic_set_: `SyntheticSet`, what was distilled.
        sampling_strategy_: dict, class -> rows of it; only for classes.
        sample_weight_: (rows,) float, of how many rows each stands for, the mean 1: a learner that is given them with
            the rows sees the classes' shares of what was distilled.
        n_features_in_: int, columns seen.
        feature_names_in_: (columns,) object, their names; only for a DataFrame.

    Example: `make_pipeline(Condenser(10), LogisticRegression())` with `make_pipeline` of `imblearn.pipeline` (extra
    `sampling`); scikit-learn's own pipelines take no samplers, since their steps keep the rows, and raise `TypeError`.
    """

    _estimator_type = "sampler"
    _sampling_type = "under-sampling"

    def __init__(
        self,
        sampling_strategy: Strategy = 10,
        *,
        method: str | None = None,
        regression: bool = False,
        random_state: int | np.random.RandomState | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Args: as the class says; they are stored, and checked when the sampler is fitted."""
        self.sampling_strategy = sampling_strategy
        self.method = method
        self.regression = regression
        self.random_state = random_state
        self.changes = changes

    def fit(self, X: Any, y: Any) -> Condenser:
        """Distil X (rows, columns) and y (rows,) without returning the rows. Arguments and errors as `fit_resample`."""
        self.fit_resample(X, y)
        return self

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """The distilled rows and their targets, class after class or bin after bin.

        Args: X, (rows, columns) array, list or DataFrame; y, (rows,) classes of any type, one-hot rows, or numbers.
        Returns what was given: lists, arrays of the same dtype, pandas objects of the same columns and types.

        Raises `ValueError` for what cannot be distilled: one class, a class with fewer rows than asked for, columns
        of identifiers, infinite numbers; `TypeError` for sparse matrices.
        """
        rows, labels = self._checked(X, y)
        try:
            kind = "regression" if self.regression else "classification"
            task = open_task((rows, labels), "tabular", kind=kind, test_fraction=0.0, name="arrays")
            self.synthetic_set_ = self._distilled(task, labels)
        except RequestError as error:
            raise ValueError(str(error)) from error
        if task.preprocessing["dropped"]:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in task.preprocessing["dropped"].items())
            raise ValueError(f"these columns cannot be distilled ({reasons}): drop them first")
        batch = self.synthetic_set_.decode().detach()
        columns = from_fields(task.preprocessing["columns"])
        frame = decode_rows(batch.inputs.numpy(), columns, rules_from(task.constraints, columns))
        targets = raw_targets(batch.targets, task.preprocessing["target"]).to_numpy()
        if not self.regression:
            distinct, counts = np.unique(targets, return_counts=True)
            self.sampling_strategy_ = dict(zip(distinct.tolist(), counts.tolist(), strict=True))
        self.sample_weight_ = weigh(task, self.synthetic_set_, Rng(0)).decode().weight.numpy()
        return _rows_like(frame, X, rows), _targets_like(targets, y)

    def _checked(self, X: Any, y: Any) -> tuple[Any, Shaped[np.ndarray, " rows"]]:
        """Features as a frame or an array (rows, columns), and classes (rows,). Raises as `fit_resample`."""
        if y is None:
            raise ValueError("Condenser requires y to be passed, but the target y is None")
        if not self.regression:
            check_classification_targets(y)
        labels = _one_column(y)
        if isinstance(X, pd.DataFrame):  # scikit-learn would make one array of it; columns of different kinds survive
            validate_data(self, X=X, skip_check_array=True)
            rows = X.astype({name: t.subtype for name, t in X.dtypes.items() if isinstance(t, pd.SparseDtype)})
        else:
            rows = validate_data(self, X=X, dtype=None, ensure_all_finite="allow-nan")
        check_consistent_length(rows, labels)
        if not self.regression and len(np.unique(labels)) < 2:
            raise ValueError(f"y has one class only, {labels[0]!r}: a sampler needs two classes or more")
        return rows, labels

    def _distilled(self, task: Task, labels: Shaped[np.ndarray, " rows"]) -> SyntheticSet:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        groups = [] if self.regression else raw_targets(torch.arange(len(task.groups)), task.preprocessing["target"])
        size = size_of(self.sampling_strategy, labels, list(groups))
        if self.method is not None:
            return distilled(task, self.method, size, self.changes or {}, seed)
        if self.changes:
            raise RequestError("changes are those of a method's recipe, and none is named: name the method, too")
        best = recommend(task, size, seed=seed)[0].contender
        return distilled(task, best.method, size, best.changes, seed)

    def __sklearn_tags__(self) -> Tags:
        """What scikit-learn and imbalanced-learn may ask of it."""
        tags = super().__sklearn_tags__()
        inputs = _InputTags(string=True, categorical=True, allow_nan=True)
        target = tags.target_tags
        target.required = True
        return _SamplerTags(estimator_type="sampler", target_tags=target, input_tags=inputs)


@dataclass(slots=True)
class _InputTags(InputTags):
    dataframe: bool = True


@dataclass(frozen=True)
class _Selection:
    sample_indices: bool = False  # rows are made, not chosen


@dataclass(slots=True)
class _SamplerTags(Tags):
    """scikit-learn's tags with the one that imbalanced-learn adds."""

    sampler_tags: _Selection = field(default_factory=_Selection)


def _one_hot(y: Any) -> bool:
    values = np.asarray(y)
    return values.ndim == 2 and values.shape[1] > 1


def _one_column(y: Any) -> Shaped[np.ndarray, " rows"]:
    """Classes (rows,), of one-hot rows their columns. Raises `ValueError` for more than one class per row."""
    if not _one_hot(y):
        return np.asarray(column_or_1d(y))
    values = np.asarray(y)
    if (values.sum(axis=1) != 1).any() or not np.isin(values, (0, 1)).all():
        raise ValueError("Multilabel and multioutput targets are not supported: y needs one class in every row")
    return np.asarray(values.argmax(axis=1))


def _rows_like(frame: pd.DataFrame, X: Any, rows: Any) -> Any:
    """A frame as the type of X; rows, X as it was checked."""
    if isinstance(X, pd.DataFrame):
        return frame.set_axis(X.columns, axis=1).astype(X.dtypes)
    values = frame.to_numpy(dtype=rows.dtype)
    return values.tolist() if isinstance(X, list) else values


def _targets_like(classes: Shaped[np.ndarray, " rows"], y: Any) -> Any:
    """Targets as the type of y."""
    if isinstance(y, list):
        return classes.tolist()
    if _one_hot(y):
        classes = np.eye(np.asarray(y).shape[1])[classes.astype(int)]
    if isinstance(y, pd.DataFrame):
        return pd.DataFrame(classes, columns=y.columns).astype(y.dtypes)
    if isinstance(y, pd.Series):
        return pd.Series(classes, name=y.name).astype(y.dtype)
    return classes.astype(np.asarray(y).dtype)
