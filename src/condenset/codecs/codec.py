"""What a codec is: the tensors that a set stores, and how they become network inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.assets.asset import AssetStore
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.tasks.task import Task


class Codec(nn.Module):
    """A module whose state dict is what is stored; each codec file ends in `CODEC = ItsClass`.

    All that a codec may be asked is here. It says `item_bytes`, `encode`, `restore` and `forward` itself, and the rest
    where the answer differs. What `encode` makes may be another codec, which stores as it is learnt, see `stored`.

    Attributes:
        joint: whether decoded examples are read together, so that all are decoded at once.
        decodes_by_file: whether it decodes by what `apart` says.
    """

    joint: ClassVar[bool] = False
    decodes_by_file: ClassVar[bool] = False

    @staticmethod
    def item_bytes(inputs: Any, *args: Any, **options: Any) -> int:
        """Bytes that an item takes, by the spec of an example, before any are read.

        Raises `RequestError` for data that it does not store and options that are impossible.
        """
        raise TypeError("item_bytes of a codec is its own to say: define it in the class")

    @classmethod
    def expected(cls, codec: Codec, otherwise: str) -> Self:
        """The same codec, which is to be one of this class. Raises `RequestError` with its name and `otherwise`, what
        another one lacks and who asks."""
        if isinstance(codec, cls):
            return codec
        raise RequestError(f"{type(codec).__name__} {otherwise}")

    @staticmethod
    def shared_bytes(inputs: Any, *args: Any, **options: Any) -> int:
        """Bytes that the set takes besides, by the spec of an example. Raises as `item_bytes`."""
        return 0

    @staticmethod
    def examples_per_item(*args: Any, **options: Any) -> int:
        """How many real examples one stored item begins as (factor² for multi-formation)."""
        return 1

    @staticmethod
    def stores(task: Task, *args: Any, **options: Any) -> Sequence[AssetStore]:
        """Where the assets are that it is made with."""
        return ()

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Names, or how they begin, of the stored tensors that all items share, by what `fields` says, so that a ledger
        tells them apart and shards keep them once."""
        return ()

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, *args: Any, **options: Any) -> Codec:
        """Store examples (examples, ...), item after item; as they are learnt, if that differs.

        Raises `RequestError` for inputs that it does not store and options that are impossible.
        """
        raise TypeError("encode of a codec is its own to say: define it in the class")

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor], *apart: Any, **options: Any) -> Codec:
        """Rebuild from what was saved, with neither the method nor the dataset.

        Args: apart, what `apart` says, where it decodes by that. Raises `ArtifactError` where a tensor does not fit the
        fields, and before it would decode to more than the limit, see `expect_decodable`.
        """
        raise TypeError("restore of a codec is its own to say: define it in the class")

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Inputs:
        """Decoded examples as network inputs, all or those chosen, differentiable in the stored tensors.

        What is read together is always decoded whole: then it is called without an index.
        """
        raise TypeError("forward of a codec is its own to say: define it in the class")

    def targets(self, index: Int[Tensor, " chosen"] | None = None) -> Tensor | None:
        """Targets of decoded examples, all or those chosen, differentiable likewise; None where labels say them.

        A codec that says them goes with labels "decoded".
        """
        return None

    def origin(self) -> Int[Tensor, " decoded"] | None:
        """The stored item of every decoded example, whole numbers (decoded,); labels are stored per item. None where
        every item decodes to one example, in their order."""
        return None

    def parameter_groups(self) -> Mapping[str, list[nn.Parameter]]:
        """What is learnt, by the name under which a recipe sets its optimiser ("data", "adjacency"): all floating point
        parameters, as "data".

        A step of descent along "data" moves decoded pixels about as far as if they were learnt themselves, so that the
        rates of papers do: see `slowed` where many pixels pull at one number.
        """
        learnt = [parameter for parameter in self.parameters() if parameter.is_floating_point()]
        return {"data": learnt} if learnt else {}

    def turn(self, done: float) -> None:
        """Called before every step of a run of which a share `done` is over, from 0 to 1: what is learnt now has a
        gradient, and the rest none. All is learnt all the time."""

    def fields(self) -> dict[str, Any]:
        """JSON-able fields that `restore` needs beside the tensors."""
        return {}

    def stored(self) -> Codec:
        """What a set stores when nothing more is learnt, whole numbers in place of floats, say.

        It decodes to the same examples, bit by bit; compressed pictures do so while nothing has been learnt yet, and
        nearly so thereafter. Itself where what is learnt is stored as it is.
        """
        return self

    def apart(self) -> dict[str, Tensor]:
        """What it decodes by and does not store, tensors by name: of an asset that is kept beside the set, and whose
        bytes count apart."""
        return {}

    def series(self) -> Float[Tensor, "length channels"] | None:
        """The time series (steps, channels) that it decodes windows of; None where it stores none."""
        return None

    def towards(self, targets: Float[Tensor, "chosen outputs"], share: float, stride: int = 1) -> Codec:
        """What is stored after the targets of every `stride`-th window moved a share of the way to those given, for
        codecs that store a `series`. Raises `RequestError` of any other."""
        name = type(self).__name__
        raise RequestError(f"{name} stores no series whose targets could be moved: take the codec series or harmonics")

    def sampled(self, temperature: float, rng: Rng) -> Codec:
        """The same parameters, of which it decodes examples that are drawn from the distributions that it stores.

        Raises `RequestError` where it stores none.
        """
        raise RequestError(f"{type(self).__name__} stores examples, no distributions: take the codec bernoulli-graphs")
