"""Kernel ridge regression: NumPy's closed form, the golden losses of KIP, RFAD and FRePo, and what cannot be solved."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.errors import DivergenceError
from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.kernels.random_features import feature_kernel
from condenset.kernels.ridge import ridge_predict, ridge_solve
from tests.conftest import close, golden

KIP_NETWORKS = {
    "fc1": "ntk",
    "fc3": "ntk:depth=3",
    "conv2_flatten": "conv-ntk:plan=cc",
    "conv2_gap": "conv-ntk:plan=cc,readout=pool",
}


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=Rng(seed).torch(), dtype=torch.float64)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 15), st.integers(1, 6), st.sampled_from([1e-3, 0.1, 1.0]))
def test_prediction_is_the_closed_form(seed, n, targets, regulariser) -> None:
    support, others, y = normal(n, 20, seed=seed), normal(targets, 20, seed=seed + 1), normal(n, 3, seed=seed + 2)
    k_ss, k_ts = (support @ support.T).numpy(), (others @ support.T).numpy()
    expected = k_ts @ np.linalg.inv(k_ss + regulariser * np.trace(k_ss) / n * np.eye(n)) @ y.numpy()
    close(ridge_predict(torch.tensor(k_ts), torch.tensor(k_ss), y, regulariser), torch.tensor(expected), 1e-9)


def test_weights_are_those_of_weighted_least_squares() -> None:
    """Against the same problem in the primal, where an example of weight 0 has no term at all."""
    x, others, y = normal(6, 3), normal(4, 3, seed=1), normal(6, 2, seed=2)
    weight = torch.tensor([1.0, 0.0, 2.0, 0.5, 0.0, 3.0])
    rows, targets, w = (part.numpy()[[0, 2, 3, 5]] for part in (x, y, weight.double()))
    w = w / w.mean()
    ridge = 0.1 * (w * (rows**2).sum(1)).mean()
    plane = np.linalg.solve(rows.T @ (w[:, None] * rows) + ridge * np.eye(3), rows.T @ (w[:, None] * targets))
    for scale in (1.0, 7.0):  # only proportions count
        found = ridge_predict(others @ x.T, x @ x.T, y, 0.1, scale * weight)
        close(found, torch.tensor(others.numpy() @ plane), 1e-9)
    assert torch.equal(ridge_solve(x @ x.T, y, 0.1, weight)[[1, 4]], torch.zeros(2, 2).double())


def test_equal_weights_change_no_bit() -> None:
    kernel, y = normal(9, 5) @ normal(9, 5).T, normal(9, 2, seed=1)
    for weight in (torch.ones(9), torch.full((9,), 0.3)):
        assert torch.equal(ridge_solve(kernel, y, 0.1, weight), ridge_solve(kernel, y, 0.1))


def test_gradients_are_difference_quotients() -> None:
    factor, y = normal(4, 6).requires_grad_(), normal(4, 2, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(lambda f, y: ridge_solve(f @ f.T, y, 0.1), (factor, y))
    weight = torch.tensor([1.0, 0.0, 2.0, 0.5])
    assert torch.autograd.gradcheck(lambda f, y: ridge_solve(f @ f.T, y, 0.1, weight), (factor, y))


@pytest.mark.parametrize("regulariser", ["1e-06", "0.01"])
@pytest.mark.parametrize("network", KIP_NETWORKS)
def test_golden_kip(network, regulariser) -> None:
    vectors = golden("images/kip_krr")
    x, y = vectors["x_support"].requires_grad_(), vectors["y_support"].requires_grad_()
    support, target = x.permute(0, 3, 1, 2), vectors["x_target"].permute(0, 3, 1, 2)
    kernel = named_kernel(KIP_NETWORKS[network])
    guess = ridge_predict(kernel(target, support), kernel(support, support), y, float(regulariser))
    loss = 0.5 * (guess - vectors["y_target"]).square().mean()
    loss.backward()
    name = f"{network}.reg{regulariser}"
    close(loss, vectors[f"{name}.loss"], 1e-9)
    close(x.grad, vectors[f"{name}.grad_x"], 1e-7)
    close(y.grad, vectors[f"{name}.grad_y"], 1e-7)
    hits = (guess.argmax(1) == vectors["y_target"].argmax(1)).double().mean()
    close(hits, vectors[f"{name}.acc"], 1e-6)


@pytest.mark.parametrize("jitter", ["1e-06", "0.005"])
def test_golden_rfad(jitter) -> None:
    vectors = golden("images/rfad")
    features, y = vectors["feat_syn"].requires_grad_(), vectors["y_syn"].requires_grad_()
    k_ss, k_ts = (feature_kernel(f, features, 2.0, 0.01) for f in (features, vectors["feat_real"]))
    guess = ridge_predict(k_ts, k_ss, y, float(jitter))
    loss = 0.5 * (guess - vectors["y_real"]).square().mean()
    loss.backward()
    close(guess, vectors[f"jit{jitter}.mse.preds"], 1e-9)
    close(loss, vectors[f"jit{jitter}.mse.loss"], 1e-9)
    close(features.grad, vectors[f"jit{jitter}.mse.grad_feat_syn"], 1e-7)
    close(y.grad, vectors[f"jit{jitter}.mse.grad_y_syn"], 1e-7)


@pytest.mark.parametrize("regulariser", ["1e-06", "0.01"])
def test_golden_frepo_prediction(regulariser) -> None:
    vectors = golden("images/frepo_krr")
    support, target = vectors["feat_proto"], vectors["feat_target"]
    k_ss, k_ts = feature_kernel(support, support), feature_kernel(target, support)
    guess = ridge_predict(k_ts, k_ss, vectors["y_proto"], float(regulariser))
    close(guess, vectors[f"nfr.reg{regulariser}.pred"], 1e-8)


def test_golden_frepo_step() -> None:
    vectors = golden("images/frepo_krr")
    features, y = vectors["feat_proto"].requires_grad_(), vectors["y_proto"].requires_grad_()
    k_ss, k_ts = (feature_kernel(f, features) for f in (features, vectors["feat_target"]))
    guess = ridge_predict(k_ts, k_ss, y, 1e-6)
    kernel_loss = 0.5 * (guess - vectors["y_target"]).square().sum(1).mean()
    top = y.topk(2, dim=1).values
    label_loss = -(top[:, 0] - top[:, 1]).clamp(max=1 / y.shape[1]).mean()
    (kernel_loss + label_loss).backward()
    close(kernel_loss, vectors["step.kernel_loss"], 1e-8)
    close(features.grad, vectors["step.grad_feat_proto"], 1e-7)
    close(y.grad, vectors["step.grad_y_proto"], 1e-7)


def test_a_singular_kernel_is_solved_with_jitter() -> None:
    features = normal(6, 2).float()
    alpha = ridge_solve(features @ features.T, features, 0.0)
    assert alpha.dtype == torch.float64
    close(features.double() @ (features.double().T @ alpha), features, 1e-4)


def test_an_indefinite_kernel_is_refused_with_its_eigenvalue() -> None:
    with pytest.raises(DivergenceError, match=r"2 examples has smallest eigenvalue -2\.000e\+00.*regulariser 0\.1"):
        ridge_solve(torch.tensor([[1.0, 3.0], [3.0, 1.0]]), torch.ones(2, 1), 0.1)


def test_a_kernel_that_is_not_finite_is_refused() -> None:
    with pytest.raises(DivergenceError, match="1 of 4 kernel entries"):
        ridge_solve(torch.tensor([[1.0, float("nan")], [0.0, 1.0]]), torch.ones(2, 1), 0.1)
