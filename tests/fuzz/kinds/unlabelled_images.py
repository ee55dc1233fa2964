"""Pictures without labels: a folder of them."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.subject import Subject, of_data
from tests.tasks.pictures.pictures import noise, png


def _pictures() -> None:
    Path("pictures").mkdir()
    for number in range(12):
        Path("pictures", f"{number}.png").write_bytes(png(noise(8, 8, 3, number)))


SUBJECTS: dict[str, Subject] = {
    "pictures": of_data(_pictures, "pictures", "pictures/*"),
}
