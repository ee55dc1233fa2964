"""Networks of one architecture side by side in one pass, for devices that one small network does not fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from condenset.core.batch import Inputs
from condenset.nets.compiled import in_bfloat16
from condenset.nets.network import Forward, Network, Output


@runtime_checkable
class StandsAlone(Protocol):
    """A layer that says whether its networks must be passes of their own."""

    alone: bool


def stackable(networks: Sequence[Network]) -> bool:
    """Whether these are several of one architecture that can be one pass: a layer that draws numbers (dropout) cannot,
    since every network has a stream of its own, nor a recurrent one, for which `vmap` has no rule, nor one that says
    that it is `alone`."""
    alike = len({id(network.module) for network in networks}) == 1 < len(networks)
    return alike and not any(_alone(part) for part in networks[0].module.modules())


def stacked(networks: Sequence[Network], half: bool = False) -> Network:
    """One network whose tensors have a leading axis of networks, as have the inputs (networks, n, ...) and its output.

    A network's numbers depend on its own tensors and inputs alone, and are those that it computes by itself up to
    rounding. Running statistics are updated in place.

    Args: networks, `stackable`; half, whether products are those of bfloat16.
    """
    first = networks[0]
    parameters, buffers = (
        {name: torch.stack([values[name] for values in tensors]) for name in tensors[0]}
        for tensors in ([n.parameters for n in networks], [n.buffers for n in networks])
    )
    return Network(first.module, parameters, buffers, _forward(first.module, half), half)


def _alone(layer: nn.Module) -> bool:
    if isinstance(layer, StandsAlone):
        return layer.alone
    return isinstance(layer, nn.RNNBase) or (isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0)


def unstacked(network: Network) -> list[Network]:
    """The networks of a stack, plain ones that share its memory."""
    count = len(next(iter(network.parameters.values())))
    parts = [(_at(network.parameters, index), _at(network.buffers, index)) for index in range(count)]
    return [Network(network.module, parameters, buffers) for parameters, buffers in parts]


def _forward(module: nn.Module, half: bool) -> Forward:
    def one(values: Mapping[str, Tensor], inputs: Inputs) -> Output:
        return functional_call(module, dict(values), (inputs,))

    def forward(values: Mapping[str, Tensor], inputs: Inputs) -> Output:
        with in_bfloat16(inputs, half):
            output = vmap(one)(dict(values), inputs)
        if not half:
            return output
        penalties = tuple(penalty.float() for penalty in output.penalties)
        return Output(output.logits.float(), output.embedding.float(), penalties=penalties)

    return forward


def _at(values: Mapping[str, Tensor], index: int) -> dict[str, Tensor]:
    return {name: value.detach()[index] for name, value in values.items()}
