"""Sparse tokens: patches are mixtures of a few vectors, drawn by a small network; images share both (SPEED)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Float, Float16, Int, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import expect_packed, packed, unpacked
from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.parametric import fields_of, whole
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.codecs.token_drawing import SPREAD, Drawing, drawing
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_RATE, _CODES_RATE = 0.01, 0.1
_AT_ONCE = 256  # images that are fitted together
_PROBES = 4  # random directions of every image, by which scales are found


class SparseTokens(Codec):
    """Stores the codes of every image that are not 0, "values" (items, heads * kept) float16, and the numbers of their
    patches and tokens, packed, "patches" and "tokens" (items, bytes) uint8; and float32, each with a first axis of one,
    what all images share: "tokens" (1, tokens, width), and a network of "weights" (1, blocks, 3, width, width),
    "biases" (1, blocks, 3, width), "gains" and "shifts" (1, blocks, 2, width), and "head" and "colour", which make a
    patch of what is left.

    Wei et al., Sparse Parameterization for Epitomic Dataset Distillation, NeurIPS 2023, with their released code
    (MIV-XJTU/SPEED): patches are mixtures of the tokens, head by head, and every block reads the same mixtures. There
    codes are held small by a penalty and cut to the largest when the set is saved. Here only the largest are seen while
    they are learnt, as they are stored: `LearntSparseTokens` decodes to the same pixels.
    """

    values: Tensor
    patches: Tensor
    tokens: Tensor

    def __init__(
        self,
        form: Drawing,
        values: Float16[Tensor, "items codes"],
        patches: UInt8[Tensor, "items bytes"],
        tokens: UInt8[Tensor, "items more"],
        shared: Mapping[str, Tensor],
    ) -> None:
        """Args: form, how they become images; the others as they are stored, see above."""
        super().__init__()
        self.form = form
        for name, part in (("values", values), ("patches", patches), ("tokens", tokens)):
            self.register_buffer(name, part.detach().clone())
        self.shared = nn.ParameterDict({name: nn.Parameter(shared[name].detach().clone(), False) for name in shared})

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        form, chosen = self.form, slice(None) if index is None else index
        codes = form.heads * form.kept
        patch, token = (unpacked(getattr(self, name)[chosen], bits, codes).long() for name, bits in form.bits.items())
        places = (patch * form.tokens + token).unflatten(1, (form.heads, -1))
        values = self.values[chosen].float().unflatten(1, (form.heads, -1))
        dense = values.new_zeros(len(values), form.heads, form.patches * form.tokens).scatter(2, places, values)
        return form(dense.unflatten(2, (form.patches, -1)), dict(self.shared.items()))

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """None: whole numbers have no gradient."""
        return {}

    def fields(self) -> dict[str, Any]:
        """The shape of an image, and what else the form says."""
        return fields_of(self.form)

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Tokens and network."""
        return ("shared.",)

    @staticmethod
    def item_bytes(inputs: Leaf, fit: int = 200, **sizes: int) -> int:
        """Of the codes of an image."""
        return drawing(image_shape(inputs, "sparse-tokens"), **sizes).item_bytes

    @staticmethod
    def shared_bytes(inputs: Leaf, fit: int = 200, **sizes: int) -> int:
        """Of tokens and network."""
        return 4 * sum(map(math.prod, drawing(image_shape(inputs, "sparse-tokens"), **sizes).shared.values()))

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, fit: int = 200, **sizes: int) -> LearntSparseTokens:
        """Fit codes, tokens and network to the examples (items, channels, height, width) by `fit` steps of Adam on the
        squared error, of which the first half lets more and more codes go.

        Args: sizes, those of `Drawing` by name. Raises `RequestError` for inputs that are no images, for sizes that do
        not go together and for no step.
        """
        images = expect_images(inputs, "sparse-tokens")
        form = drawing(image_shape(Leaf(tuple(images.shape[1:])), "sparse-tokens"), **sizes)
        if fit < 1:
            raise RequestError(f"images are fitted in {fit} steps: expected 1 or more")
        return LearntSparseTokens(form, *_fitted(form, images, fit))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> SparseTokens:
        """Rebuild from the tensors of these names and those below "shared". Raises `ArtifactError` where they do not
        fit the fields."""
        sizes = {name: whole(fields, name) for name in ("patch", "tokens", "width", "heads", "kept", "blocks")}
        try:
            form = drawing(stored_shape(fields), **sizes)
        except RequestError as error:
            raise ArtifactError(f"{error}; the card is altered") from error
        values, codes = expect_tensor(tensors, "values", 2), form.heads * form.kept
        if values.dtype != torch.float16 or values.shape[1] != codes:
            raise ArtifactError(f"tensor 'values' is {tuple(values.shape)} {values.dtype}: expected {codes} of float16")
        _, height, width = form.shape
        expect_decodable(len(values) * form.held, f"a set of {len(values)} images of {height} x {width}")
        patches, tokens = (expect_packed(tensors, name, codes, bits) for name, bits in form.bits.items())
        for part, name, end in ((patches, "patches", form.patches), (tokens, "tokens", form.tokens)):
            if len(part) != len(values) or int(unpacked(part, form.bits[name], codes).max()) >= end:
                raise ArtifactError(f"tensor {name!r} says of {len(part)} images places that are none of {end} {name}")
        shared = {name: expect_tensor(tensors, f"shared.{name}", len(sides)) for name, sides in form.shared.items()}
        if wrong := [name for name, sides in form.shared.items() if shared[name].shape != sides]:
            raise ArtifactError(f"tensors {wrong} that images share do not fit the card, which says {sizes}")
        return cls(form, values, patches, tokens, shared)


class LearntSparseTokens(Codec):
    """All codes (items, heads, patches, tokens), of which the largest are seen, and what images share, while they are
    learnt: each tensor times a scale, so that a step of descent moves pixels no farther than one of pixels themselves
    would, and rates for pixels do for them."""

    scale: Tensor

    def __init__(
        self, form: Drawing, codes: Float[Tensor, "items heads patches tokens"], shared: Mapping[str, Tensor]
    ) -> None:
        """Args: form, how they become images; codes and shared, as they are."""
        super().__init__()
        self.form = form
        parts = {"codes": codes.detach(), **{name: part.detach() for name, part in shared.items()}}
        self.register_buffer("scale", _scales(form, parts))
        scaled = {
            name: nn.Parameter(part * scale) for (name, part), scale in zip(parts.items(), self.scale, strict=True)
        }
        self.codes, self.shared = scaled.pop("codes"), nn.ParameterDict(scaled)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images, all or those chosen; gradients pass to all codes as if none were 0."""
        codes, shared = self._unscaled()
        return self.form(self.form.sparse(codes if index is None else codes[index]), shared)

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return fields_of(self.form)

    def stored(self) -> SparseTokens:
        """The codes that are kept, and what images share as it is."""
        codes, shared = self._unscaled()
        values, places = (part.flatten(1) for part in self.form.largest(codes))
        numbers = {"patches": places // self.form.tokens, "tokens": places % self.form.tokens}
        patches, tokens = (packed(numbers[name].to(torch.uint8), bits) for name, bits in self.form.bits.items())
        return SparseTokens(self.form, values, patches, tokens, shared)

    def _unscaled(self) -> tuple[Tensor, dict[str, Tensor]]:
        codes, *others = self.scale
        scales = zip(self.form.shared, others, strict=True)
        return self.codes / codes, {name: self.shared[name] / scale for name, scale in scales}


def _fitted(
    form: Drawing, images: Float[Tensor, "items channels height width"], steps: int
) -> tuple[Float[Tensor, "items heads patches tokens"], dict[str, Tensor]]:
    """Codes, which are 0 where none is kept so that no rounding brings others in, and what images share."""
    every = form.patches * form.tokens
    drawn = torch.randn(len(images), form.heads, every, generator=Rng(0).child("codes").torch())
    codes = nn.Parameter((SPREAD * drawn).unflatten(2, (form.patches, -1)).to(images))
    shared = {name: nn.Parameter(part.to(images)) for name, part in form.begin().items()}
    groups: list[dict[str, Any]] = [{"params": [codes], "lr": _CODES_RATE}, {"params": [*shared.values()]}]
    optimiser = torch.optim.Adam(groups, _RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    with torch.enable_grad():
        for step in range(steps):
            left = max(0.0, 1 - 2 * step / steps)
            now = replace(form, kept=round(form.kept * (every / form.kept) ** left))
            optimiser.zero_grad()
            for part, goal in zip(codes.split(_AT_ONCE), images.split(_AT_ONCE), strict=True):
                (now(now.sparse(part), shared) - goal).square().sum().backward()
            optimiser.step()
            schedule.step()
    return form.sparse(codes).detach(), {name: part.detach() for name, part in shared.items()}


def _scales(form: Drawing, parts: Mapping[str, Tensor]) -> Float[Tensor, " parts"]:
    """The root of how the squared derivatives of pixels by all numbers of a tensor sum up, of codes in an image, times
    the root of how many tensors there are: so scaled they sum to 1, and no singular value is greater."""
    generator, squares = Rng(0).child("probes").torch(), [0.0] * len(parts)
    with torch.enable_grad():
        for rows in torch.arange(len(parts["codes"])).split(_AT_ONCE):
            for _ in range(_PROBES):
                moved = {name: part.detach().requires_grad_() for name, part in parts.items()}
                images = form(form.sparse(moved["codes"][rows]), moved)
                signs = 2.0 * torch.randint(2, images.shape, generator=generator).to(images) - 1
                found = torch.autograd.grad((images * signs).sum(), list(moved.values()))
                squares = [so_far + float(own.square().sum()) for so_far, own in zip(squares, found, strict=True)]
    squares[0] /= len(parts["codes"])
    return torch.tensor([math.sqrt(max(square, 1e-12) * len(parts) / _PROBES) for square in squares])


CODEC = SparseTokens
