"""Medoids in a learnt latent space: those of scikit-learn's k-means there, and spread over what tells classes apart."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.cluster import KMeans

from condenset.assets.autoencoders import AutoencoderStore, Autoencoding
from condenset.core.rng import Rng
from condenset.starts.latent_medoids import LatentMedoids
from condenset.starts.medoids import medoids
from tests.examples import blobs
from tests.starts.test_leaf_medoids import stripes, stripes_met

QUICK = Autoencoding(rounds=10, batch=16, rate=5e-3, hidden=(16,), latent=3, size=2, alone=5)


def test_they_are_the_rows_nearest_to_the_centres_of_k_means_among_the_latents() -> None:
    task, counts, rng = blobs(), torch.tensor([4, 3, 5]), Rng(2)
    batch = LatentMedoids(QUICK)(task, counts, rng)
    data = task.train.all()
    latents = AutoencoderStore(task, QUICK).latents()(data.inputs).numpy()
    for group, count in enumerate(counts.tolist()):
        own = np.flatnonzero(data.groups.numpy() == group)
        seed = rng.child(group).integer() % 2**32
        centres = KMeans(count, n_init="auto", random_state=seed).fit(latents[own]).cluster_centers_
        far = np.square(latents[own][None] - centres[:, None]).sum(2)
        assert torch.equal(batch.inputs[batch.groups == group], data.inputs[own[far.argmin(1)]])


def test_every_stripe_gets_an_example() -> None:
    task, counts = stripes(), torch.tensor([2, 2])
    how = Autoencoding(rounds=40, batch=100, rate=5e-3, hidden=(64, 64), latent=4, alone=5, balance=0.1)
    met = [
        [stripes_met(task, start(task, counts, Rng(seed)).inputs) for seed in range(2)]
        for start in (LatentMedoids(how), medoids)
    ]
    assert met[0] == [4, 4]
    assert sum(met[1]) < 7


def test_it_says_where_its_autoencoder_is_kept() -> None:
    (store,) = LatentMedoids(QUICK).stores(blobs())
    assert isinstance(store, AutoencoderStore) and store.how == QUICK
