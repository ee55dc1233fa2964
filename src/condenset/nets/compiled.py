"""Compiled, mixed-precision forms of a network, where the work ahead repays the half minute that compiling takes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils.flop_counter import FlopCounterMode

from condenset.core import structure
from condenset.core.batch import Inputs
from condenset.core.execution import Execution
from condenset.core.spec import Spec
from condenset.nets.network import Forward, Network, Output

_REPAYS_FROM = 2e12  # floating-point operations: about twenty seconds of two cores
REPAYS_TWICE_FROM = 5e13  # for second derivatives of a class at a time, which take a minute to compile


def compiled(network: Network, inputs: Spec, passes: int, execution: Execution, layers: bool = False) -> Network:
    """The network with a compiled forward pass where that repays; itself where it does not.

    Compiled for convolutional networks on machines with a C++ compiler. The numbers agree with the plain ones up to
    rounding, that of bfloat16 where the execution says so. The output carries logits and embedding in float32, the
    layers only when asked for, and it can be differentiated once, not twice.

    Args: inputs, what one example looks like; passes, of one example each time (a backward pass counts as two); layers,
    whether the activations of every block are returned, which costs their memory.
    """
    if network.forward is not None or not repays(network.module, inputs, passes, execution):
        return network
    return replace(network, forward=_compiled(network.module, execution.half, layers), half=execution.half)


def read_in_parts(
    network: Network, inputs: Inputs, execution: Execution, read: Callable[[Output], Tensor]
) -> Float[Tensor, "n entries"]:
    """What is read of every example's output, (n, entries): in evaluation mode, without gradients, part by part."""
    plain = network.evaluating()
    fast = compiled(plain, structure.spec_of(inputs), structure.length(inputs), execution)
    with torch.inference_mode():
        return torch.cat([read(output) for output in fast.in_parts(inputs)])


def repays(module: nn.Module, inputs: Spec, passes: int, execution: Execution, least: float = _REPAYS_FROM) -> bool:
    """Whether so many passes are worth compiling for, and there is a compiler; arguments as in `compiled`.

    Args: least, floating-point operations from which it is.
    """
    ahead = passes * execution.times * operations(module, inputs)
    return ahead >= least and (shutil.which("g++") or shutil.which("clang++")) is not None


def in_bfloat16(inputs: Inputs, half: bool) -> AbstractContextManager[Any]:
    """Where `half`, products of what lies where the inputs do are those of bfloat16."""
    device = structure.tensors(inputs)[0].device
    return torch.autocast(device.type, torch.bfloat16) if half else nullcontext()


def fast(function: Callable[..., Any]) -> Callable[..., Any]:
    """A pure function of tensors, compiled for every shape that it meets; not differentiable from outside."""
    return torch.compile(function, dynamic=False, isolate_recompiles=True, recompile_limit=64)  # type: ignore[call-overload]


def operations(module: nn.Module, inputs: Spec) -> int:
    """Floating-point operations of the forward pass of one example; 0 where no grid is convolved."""
    if not any(isinstance(part, nn.Conv2d) for part in module.modules()):
        return 0
    return _counted(module, inputs.shape)


@lru_cache(maxsize=64)
def _counted(module: nn.Module, shape: tuple[int, ...]) -> int:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.empty(2, *shape, device="meta"))
    return counter.get_total_flops() // 2


@lru_cache(maxsize=64)
def _compiled(module: nn.Module, half: bool, layers: bool) -> Forward:
    def forward(values: Mapping[str, Tensor], inputs: Inputs) -> Output:
        images = inputs.contiguous(memory_format=torch.channels_last)
        with in_bfloat16(inputs, half):
            output = functional_call(module, dict(values), (images,))
        kept = tuple(layer.float() for layer in output.layers) if layers else ()
        return Output(output.logits.float(), output.embedding.float(), kept)

    return fast(forward)
