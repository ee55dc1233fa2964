"""What goes to workers: tensors come to the device that a worker computes on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.run.executors.jobs import mapped, packed, unpacked, write


def test_tensors_of_one_of_several_devices_come_to_the_workers_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packed on device 3 of its kind; without a number it is the one that the process has set."""
    seen: list[str] = []

    def restored(storage: object, location: str) -> object:
        seen.append(location)
        return storage

    monkeypatch.setattr(torch.serialization, "_package_registry", [(0, lambda storage: "maia:3", restored)])
    value = {"weights": torch.arange(3.0), "name": "a"}
    found = unpacked(packed(value))
    assert (found["weights"].tolist(), found["name"]) == ([0.0, 1.0, 2.0], "a")
    write(value, tmp_path / "packed")
    assert mapped(tmp_path / "packed")["weights"].tolist() == [0.0, 1.0, 2.0]
    assert seen == ["maia", "maia"]
