"""ZCA whitening against the released transforms and its defining properties."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.kernels import zca
from condenset.kernels.zca import Whitening, zca_absolute, zca_relative
from tests.conftest import close, golden


def example_images(count: int, seed: int = 0) -> torch.Tensor:
    """Correlated (count, 2, 3, 3) float64 images."""
    generator = Rng(seed).torch()
    mix = torch.randn(18, 18, generator=generator, dtype=torch.float64)
    return (torch.randn(count, 18, generator=generator, dtype=torch.float64) @ mix + 1).view(count, 2, 3, 3)


@pytest.mark.parametrize("part", ["full", "few"])
def test_released_absolute_whitening(part: str) -> None:
    arrays = golden("images/zca_kornia")
    images = arrays["images"]
    fitted = zca_absolute(images[: int(arrays[f"{part}.n"])])
    close(fitted.mean[None], arrays[f"{part}.mean"], 1e-10)
    close(fitted.matrix, arrays[f"{part}.matrix"], 1e-8)
    close(fitted.inverse, arrays[f"{part}.matrix_inv"], 1e-8)
    close(fitted.apply(images[:4]), arrays[f"{part}.out_first4"], 1e-8)
    close(fitted.apply(arrays[f"{part}.unseen_in"]), arrays[f"{part}.unseen_out"], 1e-8)
    close(fitted.invert(fitted.apply(images[:4])), arrays[f"{part}.inverse_first4"], 1e-8)


def test_released_absolute_whitening_in_float32() -> None:
    arrays = golden("images/zca_kornia")
    fitted = zca_absolute(arrays["images"].float())
    close(fitted.apply(arrays["images"][:4].float()), arrays["full.out_first4"], 1e-5)


@pytest.mark.parametrize("part", ["full", "few"])
def test_released_relative_whitening(part: str) -> None:
    arrays = golden("images/zca_frepo")
    images = ((arrays["images"] - arrays["mean"]) / arrays["std"]).permute(0, 3, 1, 2).contiguous()
    fitted = zca_relative(images[: int(arrays[f"{part}.n_train"])])
    out = fitted.apply(images[:4])
    close(out.permute(0, 2, 3, 1), arrays[f"{part}.out_first4"], 1e-8)
    back = fitted.invert(out).permute(0, 2, 3, 1) * arrays["std"] + arrays["mean"]
    close(back, arrays[f"{part}.rev_out_first4"], 1e-8)
    if part == "full":
        order = torch.arange(108).view(3, 6, 6).permute(1, 2, 0).flatten()
        close(fitted.matrix[order][:, order], arrays["full.whitening"], 1e-8)
        close(fitted.inverse[order][:, order], arrays["full.rev_whitening"], 1e-8)


def test_whitened_covariance_is_s_over_s_plus_eps() -> None:
    images = example_images(200)
    fitted = zca_absolute(images, eps=0.5)
    rows = fitted.apply(images).flatten(1).numpy()
    spectrum = np.linalg.eigvalsh(np.cov(images.flatten(1).numpy().T))
    assert np.allclose(np.linalg.eigvalsh(np.cov(rows.T)), spectrum / (spectrum + 0.5), atol=1e-9)
    assert np.allclose(rows.mean(0), 0, atol=1e-10)


def test_relative_whitening_does_not_depend_on_the_scale() -> None:
    images = example_images(100)
    close(zca_relative(10 * images).apply(10 * images), zca_relative(images).apply(images), 1e-10)
    absolute = zca_absolute(10 * images).apply(10 * images) - zca_absolute(images).apply(images)
    assert absolute.abs().max() > 1e-3


def test_few_images_leave_all_other_directions_as_they_are() -> None:
    images = example_images(5)
    spectrum = np.linalg.eigvalsh(np.cov(images.flatten(1).numpy().T, bias=True))
    ridge = 0.1 * spectrum.mean()
    spanned = 1 / np.sqrt(np.maximum(spectrum[-5:], 0) + ridge)  # centring leaves four; the released rule counts images
    expected = np.sort(np.concatenate([np.ones(13), spanned]))
    assert np.allclose(np.linalg.eigvalsh(zca_relative(images).matrix.numpy()), expected, atol=1e-8)


@pytest.mark.parametrize("fit", [zca_absolute, zca_relative])
@pytest.mark.parametrize("count", [5, 100])
def test_inverse_undoes(fit: object, count: int) -> None:
    fitted = fit(example_images(count))  # type: ignore[operator]
    unseen = example_images(7, seed=3)
    close(fitted.invert(fitted.apply(unseen)), unseen, 1e-9)
    close(fitted.matrix.mT, fitted.matrix, 1e-12)


def test_chunks_do_not_change_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    images = example_images(50)
    whole = zca_absolute(images).matrix
    monkeypatch.setattr(zca, "_CHUNK", 7)
    close(zca_absolute(images).matrix, whole, 1e-10)


def test_applies_to_any_shape() -> None:
    identity = Whitening(torch.zeros(6), 2 * torch.eye(6), torch.eye(6) / 2)
    images = torch.randn(3, 1, 2, 3, generator=Rng(0).torch())
    assert torch.equal(identity.apply(images), 2 * images)


def test_refuses_a_single_image() -> None:
    with pytest.raises(DataError, match="given 1 image"):
        zca_absolute(torch.zeros(1, 1, 2, 2))
