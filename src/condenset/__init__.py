"""Distil any dataset into a tiny synthetic one, and prove what it is worth."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers and editors; a running program imports a name when it is used
    from condenset.artifact import load
    from condenset.core.budget import Size
    from condenset.core.errors import (
        ArtifactError,
        BudgetError,
        CondensetError,
        DataError,
        DivergenceError,
        LimitReached,
        MissingExtraError,
        PluginError,
        RequestError,
        UnknownNameError,
    )
    from condenset.evaluation.evaluation import Evaluation
    from condenset.run.distill import distill
    from condenset.run.evaluate import evaluate
    from condenset.run.extend import extend
    from condenset.synthetic import SyntheticSet
    from condenset.tasks.catalogue import open_task
    from condenset.tasks.task import Task
    from condenset.uses.sampler import Condenser

__version__ = "0.1.0"

_ERRORS = "condenset.core.errors"
_PUBLIC = {
    "distill": "condenset.run.distill",
    "evaluate": "condenset.run.evaluate",
    "extend": "condenset.run.extend",
    "load": "condenset.artifact",
    "open_task": "condenset.tasks.catalogue",
    "Condenser": "condenset.uses.sampler",
    "Evaluation": "condenset.evaluation.evaluation",
    "Size": "condenset.core.budget",
    "SyntheticSet": "condenset.synthetic",
    "Task": "condenset.tasks.task",
    "ArtifactError": _ERRORS,
    "BudgetError": _ERRORS,
    "CondensetError": _ERRORS,
    "DataError": _ERRORS,
    "DivergenceError": _ERRORS,
    "LimitReached": _ERRORS,
    "MissingExtraError": _ERRORS,
    "PluginError": _ERRORS,
    "RequestError": _ERRORS,
    "UnknownNameError": _ERRORS,
}
__all__ = [
    "ArtifactError",
    "BudgetError",
    "Condenser",
    "CondensetError",
    "DataError",
    "DivergenceError",
    "Evaluation",
    "LimitReached",
    "MissingExtraError",
    "PluginError",
    "RequestError",
    "Size",
    "SyntheticSet",
    "Task",
    "UnknownNameError",
    "__version__",
    "distill",
    "evaluate",
    "extend",
    "load",
    "open_task",
]


def __getattr__(name: str) -> Any:
    """Public names, imported on first use so that `import condenset` stays light."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'condenset' has no attribute {name!r}; public names are {', '.join(__all__)}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    """Public names, those that are not imported yet among them."""
    return list(__all__)
