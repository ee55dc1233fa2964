"""How many bits compiled networks compute with, and where networks are stacked."""

from __future__ import annotations

import pytest
import torch

from condenset.core.execution import Execution
from condenset.core.executor import Local


class Workers(Local):
    """Workers of some kind."""


@pytest.mark.parametrize(("fast", "expected"), [(True, True), (False, False)])
def test_automatic_precision_follows_the_processor(fast: bool, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: fast)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert Execution().half == expected
    assert Execution(precision="bfloat16").half
    assert not Execution(precision="float32").half


def test_a_device_without_bfloat16_computes_in_float32() -> None:
    assert not Execution(device="mps").half


def test_networks_are_stacked_on_accelerators_where_no_workers_share_them_out() -> None:
    assert Execution(device="cuda").stacks
    assert not Execution(device="cpu").stacks
    assert not Execution(device="cuda", executor=Workers()).stacks
