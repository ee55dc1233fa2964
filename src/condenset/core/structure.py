"""Examples in whatever holds them: a tensor, a pytree of tensors, or a container that knows more than a stack.

Dimension 0 of every tensor counts examples. What is ragged is padded, with its mask beside it in the same pytree. Here
alone it is asked what a structure is; a new container says what it does in a file of its own.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils import _pytree

from condenset.core.errors import RequestError
from condenset.core.spec import Leaf, Spec, leaves

_BLOCK = 2**20  # numbers that are squared at a time

Tree = Any  # tensors (examples, ...), containers, or dictionaries, lists and tuples of them
Kind = TypeVar("Kind", bound="Container")


class Container(ABC):
    """Examples that are more than a stack; also a pytree node, whose leaves are its tensors.

    Attributes:
        meaning: of the leaf that describes it.
        joint: whether examples are read together, so that choosing some keeps all and reweighs them.
        differentiable: whether examples are numbers that can be moved; an edge is there, or is not.
    """

    meaning: ClassVar[str]
    joint: ClassVar[bool] = False
    differentiable: ClassVar[bool] = True
    _by_meaning: ClassVar[dict[str, type[Container]]] = {}

    def __init_subclass__(cls) -> None:
        """Known from now on under its meaning."""
        super().__init_subclass__()
        Container._by_meaning[cls.meaning] = cls

    @abstractmethod
    def __len__(self) -> int:
        """Number of examples."""

    def take(self: Kind, index: Int[Tensor, " chosen"]) -> Kind:
        """The chosen examples, cut out as their own, in the order of the index."""
        chosen: Kind = mapped(lambda leaf: leaf[index], self)
        return chosen

    @abstractmethod
    def joined(self, others: Sequence[Any]) -> Container:
        """These examples and the others', one after another."""

    @property
    @abstractmethod
    def numbers(self) -> Tensor:
        """What is stored of the examples themselves, of which `shape` is one example's."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one example, as its leaf says it: of its numbers, with what fills them up."""
        return tuple(self.numbers.shape[1:])

    @classmethod
    @abstractmethod
    def of_vectors(cls, vectors: Float[Tensor, "n d"], shape: tuple[int, ...]) -> Container:
        """Examples of these numbers and no further structure."""

    @classmethod
    def expected(cls, tree: Tree, reader: str) -> Any:
        """The same examples. Raises `RequestError` naming the reader where they are held in something else."""
        if isinstance(tree, cls):
            return tree
        raise RequestError(f"{reader} reads {cls.meaning}, got {_shown(tree)}")

    @property
    def lengths(self) -> Int[Tensor, " n"] | None:
        """Steps that each example has, (n,), where they are padded to the longest; None where there are no such."""
        return None

    def double(self: Kind) -> Kind:
        """The same in float64; whole numbers stay."""
        doubled: Kind = mapped(lambda leaf: leaf.double() if leaf.is_floating_point() else leaf, self)
        return doubled

    def vectors(self) -> Float[Tensor, "n d"]:
        """Every example as a row of numbers (n, d). Raises `RequestError` where they are no vectors by themselves."""
        raise RequestError(f"a {type(self).__name__.lower()} structure of {len(self)} examples is no stack of vectors")


def pytree_node(*leaves: str, kept: tuple[str, ...] = ()) -> Callable[[type[Kind]], type[Kind]]:
    """Makes a container a pytree node. Args: leaves, the names of its tensors; kept, of what else it is made of."""

    def registered(kind: type[Kind]) -> type[Kind]:
        def flatten(container: Kind) -> tuple[list[Any], tuple[Any, ...]]:
            return [getattr(container, name) for name in leaves], tuple(getattr(container, name) for name in kept)

        def unflatten(values: Iterable[Any], others: tuple[Any, ...]) -> Kind:
            container = object.__new__(kind)  # unchecked: there may be what is said of tensors, such as their axes
            for name, value in zip((*leaves, *kept), (*values, *others), strict=True):
                object.__setattr__(container, name, value)
            return container

        name = f"{kind.__module__}.{kind.__qualname__}"
        _pytree.register_pytree_node(kind, flatten, unflatten, serialized_type_name=name)
        return kind

    return registered


def length(tree: Tree) -> int:
    """Number of examples."""
    return len(_parts(tree)[0])


def joint(tree: Tree) -> bool:
    """Whether examples are read together (the nodes of one graph): choosing some keeps all and reweighs them."""
    return any(isinstance(part, Container) and part.joint for part in _parts(tree))


def joint_spec(spec: Spec) -> bool:
    """Whether examples of a spec are read together."""
    containers = (Container._by_meaning.get(leaf.meaning) for leaf in leaves(spec))
    return any(container is not None and container.joint for container in containers)


def differentiable_spec(spec: Spec) -> bool:
    """Whether examples of a spec are numbers and nothing else."""
    containers = (Container._by_meaning.get(leaf.meaning) for leaf in leaves(spec))
    moved = all(container is None or container.differentiable for container in containers)
    return moved and all(leaf.floating for leaf in leaves(spec))


def take(tree: Tree, index: Int[Tensor, " chosen"]) -> Tree:
    """The chosen examples, cut out as their own; nodes keep the edges between them."""
    return _mapped(lambda part: part.take(index) if isinstance(part, Container) else part[index], tree)


def concatenate(trees: Sequence[Tree]) -> Tree:
    """The examples of all, one after another."""

    def joined(first: Any, *rest: Any) -> Any:
        return first.joined(rest) if isinstance(first, Container) else torch.cat([first, *rest])

    return _mapped(joined, *trees)


def stacked(trees: Sequence[Tree]) -> Tree:
    """Structures of equal shapes with a new leading axis."""
    return _pytree.tree_map(lambda *tensors: torch.stack(tensors), *trees)


def spec_of(tree: Tree) -> Spec:
    """The spec of examples as they are held, without what their axes mean."""

    def leaf(part: Any) -> Leaf:
        dtype = str(tensors(part)[0].dtype).removeprefix("torch.")
        if isinstance(part, Container):
            return Leaf(part.shape, dtype, part.meaning)
        return Leaf(tuple(part.shape[1:]), dtype)

    return _mapped(leaf, tree)


def listed(tree: Tree) -> bool:
    """Whether every tensor has a row for each example, as those of graphs have not."""
    return not joint(tree) and all(len(tensor) == length(tree) for tensor in tensors(tree))


def named(tree: Tree, path: str = "") -> dict[str, Tensor]:
    """The tensors (n, ...) by the path at which they stand, "" for one that stands alone."""
    if isinstance(tree, dict):
        return {name: part for key, value in tree.items() for name, part in named(value, _joined(path, key)).items()}
    if isinstance(tree, list | tuple):
        return named({str(number): part for number, part in enumerate(tree)}, path)
    return {path: tree}


def padded(examples: Sequence[Tensor]) -> Tree:
    """Ragged examples (length, ...) as one: "values" (n, longest, ...), filled up with 0, and "mask" (n, longest)."""
    values = torch.nn.utils.rnn.pad_sequence(list(examples), batch_first=True)
    lengths = torch.tensor([len(example) for example in examples])
    return {"values": values, "mask": torch.arange(values.shape[1]) < lengths[:, None]}


def stack(examples: Sequence[Tensor]) -> Tensor:
    """Examples of one shape as one tensor (n, ...). Raises `RequestError` for ragged ones, which need a mask."""
    sizes = sorted({tuple(example.shape) for example in examples})
    if len(sizes) > 1:
        raise RequestError(f"examples are ragged, of {sizes[0]} to {sizes[-1]}: pad them with their mask beside them")
    return torch.stack(list(examples))


def shapes(tree: Tree) -> tuple[torch.Size, ...]:
    """The shapes of all tensors."""
    return tuple(tensor.shape for tensor in tensors(tree))


def tensors(tree: Tree) -> list[Tensor]:
    """All tensors, in the order of the structure."""
    return _pytree.tree_leaves(tree)


def nbytes(tree: Tree) -> int:
    """Bytes of all tensors."""
    return sum(tensor.nbytes for tensor in tensors(tree))


def mapped(change: Callable[[Tensor], Tensor], tree: Tree) -> Tree:
    """The same structure with every tensor changed."""
    return _pytree.tree_map(change, tree)


def doubled(tree: Tree) -> Tree:
    """The same numbers in float64."""
    return _mapped(lambda part: part.double(), tree)


def split(tree: Tree, size: int) -> list[Tree]:
    """Consecutive parts of up to `size` examples; what is read together stays whole."""
    if joint(tree):
        return [tree]
    return [_between(tree, start, start + size) for start in range(0, length(tree), size)]


def vectors(tree: Tree) -> Float[Tensor, "n d"]:
    """Every example as a row of numbers (n, d). Raises `RequestError` for what is no number, or no vector by itself."""
    rows = [part.vectors() if isinstance(part, Container) else _row(part) for part in _parts(tree)]
    return rows[0] if len(rows) == 1 else torch.cat(rows, 1)


def as_rows(tree: Tree, reader: str) -> Float[Tensor, "n d"]:
    """Each example of (n, ...) tensors as one row. Raises `RequestError`, naming the reader, where it is none."""
    if joint(tree) or any(tensor.ndim < 2 for part in _parts(tree) for tensor in _coordinates(part)):
        raise RequestError(f"{reader} reads tensors (n, ...), got {_shown(tree)}: take a reader of its own for it")
    return vectors(tree)


def as_grid(tree: Tree, reader: str) -> Float[Tensor, "n channels height width"]:
    """The same images (n, channels, height, width). Raises `RequestError`, naming the reader, where they are none."""
    if isinstance(tree, Tensor) and tree.ndim == 4:
        return tree
    raise RequestError(
        f"{reader} reads images (n, channels, height, width), got {_shown(tree)}: take one that reads it, or flattens"
    )


def of_vectors(rows: Float[Tensor, "n d"], spec: Spec) -> Tree:
    """Examples as a spec describes them, from a row of numbers each; the inverse of `vectors` where there is one."""
    columns = iter(rows.split([leaf.size for leaf in leaves(spec)], 1))
    if isinstance(spec, Leaf):
        return _of_leaf(next(columns), spec)
    return _pytree.tree_map(lambda leaf: _of_leaf(next(columns), leaf), spec)


def numbers(tree: Tree) -> Tensor:
    """What is stored of the examples of a single part: the tensor (n, ...) itself, or a container's `numbers`."""
    (part,) = _parts(tree)
    return part.numbers if isinstance(part, Container) else part


def lengths(tree: Tree) -> Int[Tensor, " n"] | None:
    """Steps that each example has, (n,), of padded ones; None where all have as many as there are."""
    (part,) = _parts(tree)
    return part.lengths if isinstance(part, Container) else None


def scale(tree: Tree) -> float:
    """Root mean square of the numbers, to six digits: 1 for standardised data.

    It is the same whatever the number of threads: summed in an order of its own, and without the digits that a product
    of matrices, as in whitening, leaves to them.
    """
    values = [part.numbers if isinstance(part, Container) else part for part in _parts(tree)]
    floating = [value.detach().flatten() for value in values if value.is_floating_point()]
    squares = math.fsum(_squares(block) for value in floating for block in value.split(_BLOCK))
    return float(f"{(squares / max(1, sum(map(len, floating)))) ** 0.5:.6g}")


def _squares(block: Float[Tensor, " n"]) -> float:
    """The sum of the squares, which NumPy takes in one thread."""
    return float(np.square(block.cpu().double().numpy()).sum())


def expect_fit(tree: Tree, spec: Spec) -> None:
    """Raises `RequestError` where examples are not of the shapes that a spec says."""
    sizes = [part.shape if isinstance(part, Container) else tuple(part.shape[1:]) for part in _parts(tree)]
    wanted = [leaf.shape for leaf in leaves(spec)]
    if sizes != wanted:
        raise RequestError(f"examples are {_told(sizes)} where {_told(wanted)} was expected")


def _coordinates(part: Any) -> list[Tensor]:
    """The tensors of a part, but for the lengths of padded examples."""
    padded = isinstance(part, Container) and part.lengths is not None
    return [part.numbers] if padded else tensors(part)


def _shown(tree: Tree) -> str:
    parts = [
        f"{part.meaning} of {len(part)} examples" if isinstance(part, Container) else f"shape {tuple(part.shape)}"
        for part in _parts(tree)
    ]
    return ", ".join(parts)


def _between(tree: Tree, start: int, stop: int) -> Tree:
    def cut(part: Any) -> Any:
        if isinstance(part, Container):
            return part.take(torch.arange(start, min(stop, len(part))))
        return part[start:stop]

    return _mapped(cut, tree)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else str(key)


def _told(sizes: Sequence[tuple[int, ...]]) -> str:
    return str(sizes[0]) if len(sizes) == 1 else str(list(sizes))


def _row(values: Tensor) -> Float[Tensor, "n d"]:
    if not values.is_floating_point():
        raise RequestError(f"{values.dtype} values are no coordinates: distances need numbers, such as embeddings")
    return values.flatten(1)


def _of_leaf(rows: Float[Tensor, "n d"], leaf: Leaf) -> Any:
    container = Container._by_meaning.get(leaf.meaning)
    return rows.view(-1, *leaf.shape) if container is None else container.of_vectors(rows, leaf.shape)


def _parts(tree: Tree) -> list[Any]:
    return _pytree.tree_leaves(tree, is_leaf=_is_container)


def _mapped(change: Callable[..., Any], *trees: Tree) -> Tree:
    return _pytree.tree_map(change, *trees, is_leaf=_is_container)


def _is_container(part: Any) -> bool:
    return isinstance(part, Container)
