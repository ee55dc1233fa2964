"""What a codec is: the tensors that a set stores, and how they become network inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from jaxtyping import Int
from torch import Tensor, nn

from condenset.core.batch import Inputs
from condenset.core.registries import CODECS as CODECS


@runtime_checkable
class Codec(Protocol):
    """A `torch.nn.Module` whose state dict is what is stored; each codec file ends in `CODEC = ItsClass`.

    Its class further has:
        examples_per_item(**options) -> int: how many real examples one stored item begins as (factor² for
            multi-formation); left out where it is one.
        item_bytes(inputs, **options) -> int: bytes that an item takes, by the spec of an example, before any are read.
        origin() -> the stored item of every decoded example, whole numbers (decoded,); labels are stored per item. Left
            out where every item decodes to one example, in their order.
        targets(index) -> targets of decoded examples, all or those chosen, differentiable likewise; left out where
            labels say them. A codec that has it goes with labels "decoded".
        joint: whether decoded examples are read together, so that all are decoded at once; left out where not.
        shared_bytes(inputs, **options) -> int: bytes that the set takes besides; left out where that is none.
        decoder(fields) -> names, or how they begin, of the stored tensors that all items share, by what `fields` says,
            so that a ledger tells them apart and shards keep them once; left out where there are none.
        stores(task, **options): where the assets are that it is made with; left out where it is made with none.
        apart() -> what it decodes by and does not store, tensors by name: of an asset that is kept beside the set, and
            whose bytes count apart. `restore` takes them as a third argument. Left out where that is nothing.
        encode(inputs, task, **options) -> Codec: store examples, item after item; as they are learnt, if that differs.
        turn(done): called before every step of a run of which a share `done` is over, from 0 to 1: what is learnt now
            has a gradient, and the rest none. Left out where all is learnt all the time.
        stored() -> Codec: what a set stores when nothing more is learnt, whole numbers in place of floats, say; it
            decodes to the same examples, bit by bit; compressed pictures do so while nothing has been learnt yet, and
            nearly so thereafter. Left out where what is learnt is stored as it is.
        restore(fields, tensors) -> Codec: rebuild from what was saved, with neither the method nor the dataset;
            raises `ArtifactError` where a tensor does not fit the fields, and before it would decode to more than the
            limit, see `expect_decodable`.
    """

    def __call__(self, index: Int[Tensor, " chosen"] | None = None) -> Inputs:
        """Decoded examples as network inputs, all or those chosen, differentiable in the stored tensors.

        What is read together is always decoded whole: then it is called without an index.
        """

    def parameter_groups(self) -> Mapping[str, list[nn.Parameter]]:
        """What is learnt, by the name under which a recipe sets its optimiser ("data", "adjacency").

        A step of descent along "data" moves decoded pixels about as far as if they were learnt themselves, so that the
        rates of papers do: see `slowed` where many pixels pull at one number.
        """

    def fields(self) -> dict[str, Any]:
        """JSON-able fields that `restore` needs beside the tensors."""


def decoder_of(kind: Any, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """What `decoder` says of a codec, or of a kind of labels; nothing where it has none."""
    return tuple(kind.decoder(fields)) if hasattr(kind, "decoder") else ()
