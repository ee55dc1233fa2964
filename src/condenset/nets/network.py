"""A network as a pure function with its parameters beside it, and how a named architecture is built.

Every architecture file defines `ARCHITECTURE = Architecture(...)`. A name may carry fields, as in
`convnet:width=32,depth=2`; `init`, the law of the initial weights, is one of every architecture.
"""

from __future__ import annotations

import copy
import math
import pickle
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call

from condenset.core import structure
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.fields import split_name
from condenset.core.registries import NETWORKS
from condenset.core.rng import Rng
from condenset.core.spec import Leaf, Spec, describe, meanings


class Output(NamedTuple):
    """What every architecture's `forward` returns.

    Attributes:
        logits: (examples, outputs) class scores, or standardised regression values.
        embedding: (examples, features) what the last linear layer reads.
        layers: activations after each block's non-linearity, first block first.
        penalties: (examples,) each, by how much the network misses what examples ask of it besides their targets;
            added to the loss that it is trained by.
    """

    logits: Float[Tensor, "examples outputs"]
    embedding: Float[Tensor, "examples features"]
    layers: tuple[Tensor, ...] = ()
    penalties: tuple[Float[Tensor, " examples"], ...] = ()


@runtime_checkable
class DrawsItself(Protocol):
    """A layer that says the law of its own initial parameters."""

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """The initial values of a parameter, of its shape."""


Forward = Callable[[Mapping[str, Tensor], Inputs], Output]


@dataclass(frozen=True)
class Architecture:
    """One family of networks.

    Attributes:
        build: `(inputs, outputs, **fields) -> nn.Module`, from the specs of what it reads and puts out; its forward
            returns `Output`.
        reads: meanings of the leaves that it reads.
        needs: fields that a name must give, as nothing stands for them.
    """

    build: Callable[..., nn.Module]
    reads: tuple[str, ...]
    needs: tuple[str, ...] = ()


def of_shape(build: Callable[..., nn.Module]) -> Callable[..., nn.Module]:
    """Builds from specs what `(input_shape, outputs, **fields)` builds, which reads one leaf."""

    def built(inputs: Leaf, outputs: Leaf, **fields: Any) -> nn.Module:
        return build(inputs.shape, outputs.size, **fields)

    return built


@dataclass(frozen=True)
class Network:
    """A drawn network: a stateless module and the tensors it computes with.

    Attributes:
        module: the architecture in training mode, without data of its own; networks of one architecture share it.
        parameters: name -> trainable tensor, in the module's order.
        buffers: name -> tensor that is not trained (running statistics).
        forward: `(parameters and buffers, inputs) -> Output` in place of the module's own, see `nets.compiled`.
        half: whether that computes in bfloat16.
    """

    module: nn.Module
    parameters: Mapping[str, Tensor]
    buffers: Mapping[str, Tensor]
    forward: Forward | None = None
    half: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled without a compiled forward; networks that are alike share their module where they arrive, too."""
        return _arrived, (pickle.dumps(self.module), self.parameters, self.buffers)

    def __call__(self, inputs: Inputs, parameters: Mapping[str, Tensor] | None = None) -> Output:
        """Apply to inputs (examples, ...), with other parameters when given."""
        values = {**(self.parameters if parameters is None else parameters), **self.buffers}
        if self.forward is not None:
            return self.forward(values, inputs)
        return functional_call(self.module, values, (inputs,))

    @property
    def pass_size(self) -> int:
        """Examples per forward pass without gradients that are quickest: few enough for the cache once compiled."""
        return 500 if self.forward is None else 40

    def in_parts(self, inputs: Inputs) -> Iterator[Output]:
        """Logits (n, outputs) and embeddings (n, d) of what is not differentiated.

        Of `pass_size` examples at a time where that can be.
        """
        if structure.joint(inputs) or self.coupled:
            yield self(inputs)
            return
        size = min(self.pass_size, structure.length(inputs))
        for part in structure.split(inputs, size):
            there = structure.length(part)
            rest = size - there if self.forward is not None else 0  # parts of one shape are compiled for once
            first = structure.take(inputs, torch.arange(rest))
            output = self(structure.concatenate([part, first]) if rest else part)
            yield Output(output.logits[:there], output.embedding[:there])

    @property
    def coupled(self) -> bool:
        """Whether examples of a batch influence each other (batch normalisation), so that parts are not the whole."""
        return self.module.training and bool(batch_norms(self.module))

    @property
    def nbytes(self) -> int:
        """Bytes of its parameters and buffers."""
        return sum(t.nbytes for t in (*self.parameters.values(), *self.buffers.values()))

    def with_parameters(self, parameters: Mapping[str, Tensor]) -> Network:
        """The same architecture at another point; `parameters` have the names and shapes of its own."""
        return replace(self, parameters=parameters)

    def at(self, flat: Float[Tensor, " parameters"]) -> Network:
        """The same architecture at the point that a flat vector holds, in the module's order."""
        return self.with_parameters(self.unflatten(flat))

    def evaluating(self) -> Network:
        """The same network in evaluation mode: no dropout, running statistics instead of the batch's."""
        return replace(self, module=_in_evaluation_mode(self.module), forward=None)

    def trainable(self) -> Network:
        """A copy with parameters that require gradients."""
        return self.with_parameters({k: v.detach().clone().requires_grad_() for k, v in self.parameters.items()})

    def flat(self) -> Float[Tensor, " parameters"]:
        """All parameters in one vector of the shape (parameters,), in the module's order."""
        return torch.cat([p.reshape(-1) for p in self.parameters.values()])

    def unflatten(self, flat: Float[Tensor, " parameters"]) -> dict[str, Tensor]:
        """The named parameters of a flat vector."""
        pieces = flat.split([p.numel() for p in self.parameters.values()])
        return {k: piece.view(p.shape) for piece, (k, p) in zip(pieces, self.parameters.items(), strict=True)}


def batch_norms(module: nn.Module) -> list[nn.modules.batchnorm._BatchNorm]:
    """The batch normalisations of a module, in its order."""
    return [part for part in module.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]


def _arrived(module: bytes, parameters: Mapping[str, Tensor], buffers: Mapping[str, Tensor]) -> Network:
    return Network(_unpickled(module), parameters, buffers)


@lru_cache(maxsize=64)
def _unpickled(module: bytes) -> nn.Module:
    unpickled: nn.Module = pickle.loads(module)
    return unpickled


def draw_network(name: str, inputs: Spec, outputs: Leaf, rng: Rng, device: torch.device | str = "cpu") -> Network:
    """A freshly initialised network under PyTorch's default law, U(-1/sqrt(fan_in), 1/sqrt(fan_in)).

    Under init=xavier the weights of linear and convolutional layers are N(0, 2 / (fan_in + fan_out)) and their biases
    0. Any other layer draws itself: by a method `drawn(name, generator)`, or by PyTorch's own `reset_parameters`.

    Args: name, an architecture and its fields ("convnet:width=32"); inputs and outputs, what it reads and puts out.
    Raises `UnknownNameError` for the architecture or the law, `RequestError` for a field that it does not have, inputs
    that it does not read, and a layer that says no law.
    """
    module = _module(name, _hashable(inputs), outputs, threading.get_ident())
    law = _law(name)
    generator = rng.child("network").torch()
    parameters = {k: v.to(device) for k, v in _initial(module, law, generator)}
    buffers = {k: _initial_buffer(k, b).to(device) for k, b in module.named_buffers()}
    return Network(module, parameters, buffers)


@dataclass(frozen=True)
class _Hashable:
    """A spec, equal to others that read the same."""

    text: str
    spec: Spec = field(compare=False)


def _hashable(spec: Spec) -> _Hashable:
    return _Hashable(repr(spec), spec)


@lru_cache(maxsize=64)
def _module(name: str, inputs: _Hashable, outputs: Leaf, thread: int) -> nn.Module:
    """The module of an architecture, the same for all its networks, so that a function of it is compiled once.

    A thread has its own: `functional_call` puts tensors into the module for the time of the call.
    """
    base, fields = split_name(name)
    fields.pop("init", None)
    architecture: Architecture = NETWORKS.get(base)
    if not meanings(inputs.spec) <= set(architecture.reads):
        wanted = " or ".join(architecture.reads)
        raise RequestError(f"network {name!r} reads {wanted}, and examples are {describe(inputs.spec)}: choose another")
    if missing := [need for need in architecture.needs if need not in fields]:
        raise RequestError(f"network {name!r} says no {missing[0]}: write {base}:{missing[0]}=..., or name another")
    try:
        with torch.device("meta"):
            return architecture.build(inputs.spec, outputs, **fields)
    except (TypeError, ValueError, RuntimeError) as error:  # PyTorch's own of a width below 0
        raise RequestError(f"network {name!r} cannot be built: {error}") from error


@lru_cache(maxsize=64)
def _in_evaluation_mode(module: nn.Module) -> nn.Module:
    return copy.deepcopy(module).eval()


Layer = nn.Linear | nn.Conv1d | nn.Conv2d
Law = Callable[[Layer, str, torch.Generator], Tensor]  # of a layer's parameter


def _by_fan_in(layer: Layer, name: str, generator: torch.Generator) -> Tensor:
    bound = 1 / math.sqrt(layer.weight[0].numel())
    return torch.empty(layer.get_parameter(name).shape).uniform_(-bound, bound, generator=generator)


def _xavier(layer: Layer, name: str, generator: torch.Generator) -> Tensor:
    values = torch.zeros(layer.get_parameter(name).shape)
    return nn.init.xavier_normal_(values, generator=generator) if name == "weight" else values


_LAWS: Mapping[str, Law] = {"default": _by_fan_in, "xavier": _xavier}


def _law(network: str) -> Law:
    name = str(split_name(network)[1].get("init", "default"))
    if name not in _LAWS:
        raise UnknownNameError("initial law", name, _LAWS)
    return _LAWS[name]


def _initial(module: nn.Module, law: Law, generator: torch.Generator) -> list[tuple[str, Tensor]]:
    owners = dict(module.named_modules())
    values = []
    reset: dict[str, dict[str, Tensor]] = {}
    for name, _ in module.named_parameters():
        path, _, last = name.rpartition(".")
        owner = owners[path]
        if isinstance(owner, DrawsItself):
            value = owner.drawn(last, generator)
        elif isinstance(owner, Layer):
            value = law(owner, last, generator)
        else:
            own = reset.setdefault(path, {}) or _reset(path, owner, generator)
            reset[path], value = own, own[last]
        values.append((name, value))
    return values


def _reset(path: str, layer: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
    """What PyTorch's own law draws for a layer from the generator. Raises `RequestError` for a layer without one."""
    if not hasattr(layer, "reset_parameters"):
        kind = type(layer).__name__
        raise RequestError(
            f"layer {path or kind!r} ({kind}) says no law of its initial parameters: give it a method drawn(name, "
            "generator), or reset_parameters()"
        )
    fresh: Any = copy.deepcopy(layer).to_empty(device="cpu")
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(generator.get_state())
        fresh.reset_parameters()
        generator.set_state(torch.get_rng_state())
    return {name: parameter.detach() for name, parameter in fresh.named_parameters(recurse=False)}


def _initial_buffer(name: str, buffer: Tensor) -> Tensor:
    fill = torch.ones if name.endswith("running_var") else torch.zeros
    return fill(buffer.shape, dtype=buffer.dtype)
