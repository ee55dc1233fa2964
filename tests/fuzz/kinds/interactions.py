"""Interactions: CSV, and a set of them."""

from __future__ import annotations

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.interactions import example as interactions


def _interactions() -> None:
    interactions.frame().to_csv("shop.csv", index=False)


SUBJECTS: dict[str, Subject] = {
    "set of interactions": of_set(saved(_interactions, "shop.csv"), exports=("npz", "csv")),
    "interactions": of_data(_interactions, "shop.csv", "shop.csv"),
}
