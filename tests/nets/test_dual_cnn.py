"""The dual-domain CNN: the spectrum by NumPy, and what each of its sides is blind for."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.nets.dual_cnn import spectrum
from tests.conftest import close
from tests.examples import normal
from tests.networks import drawn


def test_the_spectrum_is_the_fourier_transform_in_the_size_of_the_series() -> None:
    values = normal(3, 2, 10)
    theirs = np.fft.rfft(values.double().numpy()) / np.sqrt(10)
    close(spectrum(values), torch.from_numpy(np.concatenate([theirs.real, theirs.imag], 1)), 1e-6)


def test_both_sides_are_read() -> None:
    network = drawn("dual-cnn:width=4,depth=2,kernel=3", (2, 16), 3, Rng(0))
    output = network(normal(5, 2, 16))
    assert output.embedding.shape == (5, 32) and len(output.layers) == 4
    assert [layer.shape[2] for layer in output.layers] == [16, 8, 9, 4]
    for side in (slice(None, 16), slice(16, None)):
        weight = network.parameters["classifier.weight"].clone()
        weight[:, side] = 0
        blind = network.with_parameters({**network.parameters, "classifier.weight": weight})
        assert not torch.allclose(blind(normal(5, 2, 16)).logits, output.logits)
