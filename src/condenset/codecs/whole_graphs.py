"""Whole graphs: nodes by their tag or their features, and every edge once. They are stored, nothing is learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxtyping import Int
from torch import Tensor

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.graphs import Graphs
from condenset.core.packed_graphs import packed, unpacked
from condenset.core.spec import Leaf
from condenset.tasks.task import Task


class WholeGraphs(Codec):
    """Stores the tensors of `core.packed_graphs`: what a graph takes grows with its nodes and edges."""

    def __init__(self, stored: Mapping[str, Tensor], width: int) -> None:
        """Args: stored, as `packed` makes it; width, of the features."""
        super().__init__()
        self._width = width
        for name, tensor in stored.items():
            self.register_buffer(name, tensor)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Graphs:
        """The graphs, all or those chosen."""
        graphs = unpacked(dict(self.named_buffers()), self._width)
        return graphs if index is None else graphs.take(index)

    def fields(self) -> dict[str, Any]:
        """Number of features of a node."""
        return {"features": self._width}

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of the mean graph of the data: graphs differ, and a set that comes out above its budget is refused."""
        return inputs.native

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> WholeGraphs:
        """Store graphs; those whose nodes have tags by these. Raises `RequestError` for other data."""
        if not isinstance(inputs, Graphs):
            raise RequestError(f"codec whole-graphs stores graphs and {task.name!r} has none: choose another codec")
        return cls(packed(inputs, task.preprocessing["one_hot"]), inputs.features.shape[1])

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> WholeGraphs:
        """Rebuild from the tensors of `packed`. Raises `ArtifactError` where they do not fit each other."""
        width = int(fields["features"])
        known = [expect_tensor(tensors, name, 1, floating=False) for name in ("nodes", "links")]
        if "features" in tensors:
            rows = expect_tensor(tensors, "features", 2)
        else:
            rows = expect_tensor(tensors, "tags", 1, floating=False)
        edges = tensors.get("edges", known[0])
        if edges.dim() != 2 or len(edges) != 2 or edges.is_floating_point():  # of which there may be none
            raise ArtifactError(f"tensor 'edges' is {tuple(edges.shape)} {edges.dtype}: expected (2, edges) numbers")
        if rows.dim() == 2 and rows.shape[1] != width:
            raise ArtifactError(f"tensor 'features' has {rows.shape[1]} columns: expected {width}")
        expect_decodable(len(rows) * width + 6 * edges.shape[1], f"{len(known[0])} graphs")
        names = ("nodes", "links", "edges", "features" if rows.dim() == 2 else "tags")
        try:
            stored = {name: tensors[name] for name in names}
            unpacked(stored, width)
        except RequestError as error:
            raise ArtifactError(f"the graphs of the set are damaged: {error}") from error
        return cls(stored, width)


CODEC = WholeGraphs
