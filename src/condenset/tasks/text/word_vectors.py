"""Word vectors of a task's encoder in place of a network's own, which are drawn."""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from condenset.nets.network import Network
from condenset.nets.textcnn import WordEmbedding
from condenset.tasks.text.encoding import Reader


def with_word_vectors(reader: Reader, network: Network) -> Network:
    """The network with the encoder's vectors of known words in every table of words of that size; else as it is."""
    size = reader.word_vectors.shape[1]
    own = {
        f"{name}.weight": _filled(network.parameters[f"{name}.weight"], reader.word_vectors)
        for name, part in network.module.named_modules()
        if isinstance(part, WordEmbedding) and part.embedding_dim == size
    }
    return replace(network, parameters={**network.parameters, **own})


def _filled(drawn: Float[Tensor, "words d"], vectors: Float[Tensor, "ids d"]) -> Float[Tensor, "words d"]:
    """A word that no text of the encoder's has keeps what was drawn."""
    known = vectors.any(1).nonzero().flatten()
    return drawn.index_copy(0, known.to(drawn.device), vectors[known].to(drawn))
