"""MGD3: images that a diffusion model draws of noise, each pulled to a mode of its class in the first half of steps.

Differences from the paper: the diffusion model is small and is trained on the data, in the latent space of an
autoencoder of theirs (the paper: DiT-XL, trained on ImageNet), so a pull is stronger here. It is not ahead: of
scikit-learn's digits, ten per class taught a ConvNet 93.9 % (one set, two networks), random ones 94.4, k-means 97.1.
"""

from __future__ import annotations

from condenset.recipe import Method, coreset
from condenset.starts.diffused import Diffused

METHOD = Method(
    family="decoupled",
    title="MGD3: Mode-Guided Dataset Distillation using Diffusion Models",
    venue="ICML",
    year=2025,
    arxiv="2505.18963",
    needs=("grid", "classes"),
    recipe=coreset(Diffused(pull=0.3)),
)
