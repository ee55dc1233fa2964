"""Interactions: users, the items that each has taken, and which ones to recommend."""

from __future__ import annotations

from condenset.tasks.exporting import csv_of, write_npz
from condenset.tasks.interactions.exporting import table
from condenset.tasks.interactions.loading import interactions_from_frame, open_interactions, recognise
from condenset.tasks.interactions.preview import preview
from condenset.tasks.objects import is_frame
from condenset.tasks.option import Option
from condenset.tasks.task import Modality, Objects

__all__ = ["MODALITY", "interactions_from_frame", "open_interactions"]

# A weak ridge lets a set learn to give a row back, which is worth nothing where what is seen is not recommended again.
# 5 is what infinite-AE takes of all users of Amazon Magazine by their validation items.
_RIDGE = 5.0

MODALITY = Modality(
    name="interactions",
    network="mlp",
    kernel="ntk",
    regulariser=_RIDGE,
    codec="raw",
    exam="recsys",
    learners=("ease", "infinite-ae"),
    datasets={
        "magazine": "3 092 users, 1 305 magazines, 12 639 subscriptions; Amazon, in Distill-CF's official split",
    },
    offers=("features", "independent", "differentiable", "kernel"),
    open=open_interactions,
    recognise=recognise,
    objects=Objects(
        accepted=("with task='interactions' a pandas DataFrame with columns user and item",),
        takes=is_frame,
        open=interactions_from_frame,
        unasked=False,  # most frames are tables
    ),
    preview=preview,
    exporters={"npz": write_npz, "csv": csv_of(table)},
    frame=table,
    items="users",
    options=(
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
        Option("held_out", "random|latest", "which of a user's items are held out, where the data have no split"),
        Option("least_rating", "share", "leave out what was rated lower", "RATING"),
    ),
    files=("CSV of users and items",),
)
