"""Which interactions are trained on, selected by and tested on, where the data do not say it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from condenset.core.errors import DataError, RequestError
from condenset.core.rng import Rng

FEWEST = 3  # items of a user that are split


def split_users(rows: pd.DataFrame, share: float, held_out: str, rng: Rng, name: str) -> tuple[pd.DataFrame, int]:
    """The rows with a column split, and the users who were left out since they have fewer than 3 items.

    Of every user the share of the items, rounded, is for the test, one at least, and as many for validation, which may
    be none. A pair of user and item that occurs twice counts once, so that none is both trained and tested on.

    Args:
        share: of a user's items, in (0, 0.5).
        held_out: "random", or "latest" by the column time.
        rng: decides the random ones.
        name: what the rows are called in messages.

    Raises `RequestError` for an impossible share and where there is no time, `DataError` for times that are none and
    where nobody is left.
    """
    if not 0 < share < 0.5:
        raise RequestError(f"--test-fraction {share:g} of a user's items is impossible: expected above 0 and below 0.5")
    ordered = _by_time(rows, name) if held_out == "latest" else rows.iloc[rng.numpy().permutation(len(rows))]
    ordered = ordered.drop_duplicates(["user", "item"])
    own = ordered.groupby("user", sort=False)
    count, place = own["item"].transform("size"), own.cumcount()
    enough = count >= FEWEST
    if not enough.any():
        raise DataError(f"{name}: no user has {FEWEST} items, the most is {count.max()}: nothing can be held out")
    part = np.maximum(1, (share * count + 0.5).astype(int)), (share * count + 0.5).astype(int)
    tested = place >= count - part[0]
    validated = ~tested & (place >= count - part[0] - part[1])
    words = np.select([tested, validated], ["test", "validation"], "train")
    return ordered.assign(split=words)[enough].sort_index(), int(ordered.loc[~enough, "user"].nunique())


def _by_time(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    if "time" not in rows:
        raise RequestError(f"{name} has no column time, by which the latest items are known: hold out random ones")
    times = pd.to_numeric(rows["time"], errors="coerce")
    if times.isna().any():
        times = pd.to_datetime(rows["time"], errors="coerce", utc=True, format="mixed")
    if bad := int(times.isna().sum()):
        raise DataError(f"{name}: the time of {bad} of {len(rows)} rows is neither a number nor a date: remove them")
    return rows.iloc[times.to_numpy().argsort(kind="stable")]
