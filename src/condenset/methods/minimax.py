"""Minimax: images drawn by a diffusion model that learnt to be like all images of a class and unlike its own others.

Differences from the paper: the diffusion model is small and learns both from the beginning, on the data alone, in the
latent space of an autoencoder of theirs (the paper: a pretrained DiT-XL is tuned by a few of its parameters); it is
compared with the images of a step instead of the last 64. No number is given here:
none was measured.
"""

from __future__ import annotations

from condenset.assets.latent_diffusion import Diffusing
from condenset.recipe import Method, coreset
from condenset.starts.diffused import Diffused

METHOD = Method(
    family="decoupled",
    title="Efficient Dataset Distillation via Minimax Diffusion",
    venue="CVPR",
    year=2024,
    arxiv="2311.15529",
    needs=("grid", "classes"),
    recipe=coreset(Diffused(prior=Diffusing(near=0.002, far=0.008))),
)
