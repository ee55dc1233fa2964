"""Two tastes: users take items of one half of a small shop, hardly ever of the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from condenset.tasks.interactions import interactions_from_frame
from condenset.tasks.task import Task

USERS, ITEMS = 60, 14


def frame(users: int = USERS, items: int = ITEMS, own: float = 0.7, others: float = 0.05) -> pd.DataFrame:
    """Rows of user, item, rating and time; even users like the first half, odd ones the second."""
    random = np.random.default_rng(0)
    first = np.arange(items) < items // 2
    likes = np.where(first[None, :] == (np.arange(users)[:, None] % 2 == 0), own, others)
    user, item = (random.random(likes.shape) < likes).nonzero()
    return pd.DataFrame(
        {
            "user": [f"u{number:02d}" for number in user],
            "item": [f"i{number:02d}" for number in item],
            "rating": random.integers(1, 6, len(user)),
            "time": random.permutation(len(user)),
        }
    )


def task(**options: Any) -> Task:
    """The shop as a task."""
    return interactions_from_frame(frame(), **options)
