"""Medoids in a latent space that is learnt of the columns: real examples that stand for what is given back, and
predicted, alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.autoencoders import AutoencoderStore, Autoencoding
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.starts.medoids import medoids
from condenset.tasks.task import Task


@dataclass(frozen=True)
class LatentMedoids:
    """Clusters in the latent space of TDColER (Kang et al., arXiv 2501.13905); call it for a batch.

    Attributes:
        autoencoder: how the latent space is learnt.
    """

    autoencoder: Autoencoding = field(default_factory=Autoencoding)

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """Where the autoencoder is kept."""
        return (AutoencoderStore(task, self.autoencoder),)

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, no two the same."""
        represent = AutoencoderStore(task, self.autoencoder).latents()
        return medoids(replace(task, modality=replace(task.modality, represent=represent)), counts, rng)


START = LatentMedoids()
