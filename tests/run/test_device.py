"""Names of devices: what is there is found, what is not is said."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError, UnknownNameError
from condenset.run.device import named_device


def machine(monkeypatch: pytest.MonkeyPatch, kind: str | None, count: int = 0) -> None:
    device = None if kind is None else torch.device(kind)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: device)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: count)


@pytest.mark.parametrize(
    ("kind", "count", "name", "expected"),
    [
        (None, 0, "cpu", "cpu"),
        (None, 0, "auto", "cpu"),
        ("cuda", 2, "auto", "cuda"),
        ("cuda", 2, "cuda", "cuda"),
        ("cuda", 2, "cuda:1", "cuda:1"),
        ("cuda", 2, "cpu", "cpu"),
        ("mps", 1, "auto", "mps"),
    ],
)
def test_a_name_gives_the_device(
    kind: str | None, count: int, name: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, kind, count)
    assert named_device(name) == torch.device(expected)


@pytest.mark.parametrize(
    ("kind", "count", "name", "said"),
    [
        (None, 0, "cuda", "device cuda is not there: PyTorch finds none but the CPU; take --device auto"),
        ("cuda", 2, "cuda:2", "device cuda:2 is not there: PyTorch finds 2 x cuda"),
        ("mps", 1, "cuda", "device cuda is not there: PyTorch finds 1 x mps"),
    ],
)
def test_a_device_that_is_not_there_is_refused(
    kind: str | None, count: int, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, kind, count)
    with pytest.raises(RequestError, match=said):
        named_device(name)


def test_a_name_that_is_nearly_right_is_recognised() -> None:
    with pytest.raises(UnknownNameError, match="unknown device 'cude': did you mean 'cuda'"):
        named_device("cude")
