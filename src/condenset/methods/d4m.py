"""D4M: images that a diffusion model makes of the noised centres of each class's clusters in its latent space.

Differences from the paper: unless `start.model` names a pretrained one, the diffusion model is small and is trained on
the data, in the latent space of an autoencoder of theirs (the paper: Stable Diffusion, which is told the class in
words), and the labels are the classes unless the exam has a teacher label what is read, as the paper does. No number is
given here: none was measured.
"""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.diffused import Diffused

METHOD = Method(
    family="decoupled",
    title="D4M: Dataset Distillation via Disentangled Diffusion Model",
    venue="CVPR",
    year=2024,
    arxiv="2407.15138",
    needs=("grid", "classes"),
    recipe=coreset(Diffused(noise=0.7)),
)
