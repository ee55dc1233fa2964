"""How many bits compiled networks compute with."""

from __future__ import annotations

import pytest
import torch

from condenset.core.execution import Execution


@pytest.mark.parametrize(("fast", "expected"), [(True, True), (False, False)])
def test_automatic_precision_follows_the_processor(fast: bool, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: fast)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert Execution().half == expected
    assert Execution(precision="bfloat16").half
    assert not Execution(precision="float32").half


def test_a_device_without_bfloat16_computes_in_float32() -> None:
    assert not Execution(device="mps").half
