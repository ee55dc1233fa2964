"""The device that a name stands for."""

from __future__ import annotations

import torch

from condenset.core.errors import RequestError, UnknownNameError

_NAMES = ("auto", "cpu", "cuda", "mps", "xpu")


def named_device(name: str) -> torch.device:
    """The device of a name: "cpu", "auto" (the accelerator that is there, else the CPU), or PyTorch's, as "cuda:1".

    Raises `UnknownNameError` for what names no device and `RequestError` for one that is not there.
    """
    there = torch.accelerator.current_accelerator(check_available=True)
    if name == "auto":
        return there or torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UnknownNameError("device", name, _NAMES) from None
    if device.type == "cpu":
        return device
    count = 0 if there is None or there.type != device.type else torch.accelerator.device_count()
    if (device.index or 0) >= count:
        devices = "none but the CPU" if there is None else f"{torch.accelerator.device_count()} x {there.type}"
        raise RequestError(
            f"device {name} is not there: PyTorch finds {devices}; take --device auto, or install a PyTorch made for it"
        )
    return device
