"""Rankings: the metrics against scikit-learn and by hand, the loss, what counts as seen, the released evaluation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from sklearn.metrics import ndcg_score, roc_auc_score
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.tasks.targets.ranking import Ranking
from tests.conftest import golden
from tests.examples import normal

FIVE = Ranking(("a", "b", "c", "d", "e"))


def many(items: int) -> Ranking:
    return Ranking(tuple(map(str, range(items))))


def marks(users: int, items: int, share: float, seed: int) -> Tensor:
    return torch.rand(users, items, generator=Rng(seed).torch()) < share


def test_a_list_is_graded_by_hand() -> None:
    """Of a user who wants c and e and has a: the list is d c b e, so hits are at places 2 and 4."""
    scores = torch.tensor([[9.0, 2.0, 3.0, 4.0, 1.0]])
    seen, wanted = torch.tensor([[1, 0, 0, 0, 0]]).bool(), torch.tensor([[0, 0, 1, 0, 1]]).bool()
    found = FIVE.grades(scores, {"seen": seen, "wanted": wanted})
    best = 1 + 1 / np.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / best)
    assert found["recall@10"] == 1
    assert found["auc"] == pytest.approx((1 / 2 + 0) / 2)  # c stands before b, e before neither


def test_metrics_are_scikit_learns_where_nothing_was_seen() -> None:
    scores, wanted = normal(40, 30), marks(40, 30, 0.2, seed=1)
    some = wanted.any(1)
    found = many(30).grades(scores, {"seen": torch.zeros_like(wanted), "wanted": wanted})
    assert found["ndcg@10"] == pytest.approx(ndcg_score(wanted[some], scores[some], k=10, ignore_ties=True), abs=1e-6)
    areas = [roc_auc_score(w, s) for w, s in zip(wanted[some], scores[some], strict=True)]
    assert found["auc"] == pytest.approx(np.mean(areas), abs=1e-6)
    rows = many(30).grades(scores, wanted.float())
    assert rows == found, "rows alone are all wanted"


def test_seen_items_are_out_of_the_list_and_out_of_the_area() -> None:
    scores, seen, wanted = (
        normal(40, 30),
        marks(40, 30, 0.3, seed=2),
        marks(40, 30, 0.2, seed=3) & ~marks(40, 30, 0.3, seed=2),
    )
    found = many(30).grades(scores, {"seen": seen, "wanted": wanted})
    moved = many(30).grades(scores + 100 * seen, {"seen": seen, "wanted": wanted})
    assert moved == found
    areas = [
        roc_auc_score(w[~had], s[~had])
        for s, had, w in zip(scores, seen, wanted, strict=True)
        if w.any() and not w[~had].all()
    ]
    assert found["auc"] == pytest.approx(np.mean(areas), abs=1e-6)


def test_what_is_seen_and_wanted_counts_and_is_never_found() -> None:
    both, nothing = torch.tensor([[True, False, False]]), torch.zeros(1, 3, dtype=torch.bool)
    found = many(3).grades(torch.tensor([[3.0, 2.0, 1.0]]), {"seen": both, "wanted": both})
    assert (found["ndcg@10"], found["recall@10"], found["auc"]) == (0, 0, 0.5)
    assert many(3).grades(torch.zeros(1, 3), {"seen": both, "wanted": nothing})["ndcg@10"] == 0


def test_equal_scores_are_ordered_by_item_and_their_area_is_a_half() -> None:
    wanted = torch.zeros(2, 12, dtype=torch.bool)
    wanted[0, 0], wanted[1, 11] = True, True
    found = many(12).grades(torch.zeros(2, 12), {"seen": torch.zeros_like(wanted), "wanted": wanted})
    assert (found["recall@10"], found["auc"]) == (0.5, 0.5)


def test_users_who_want_nothing_are_left_out_of_the_mean() -> None:
    scores, wanted = torch.tensor([[2.0, 1.0], [2.0, 1.0]]), torch.tensor([[True, False], [False, False]])
    assert many(2).grades(scores, {"seen": torch.zeros_like(wanted), "wanted": wanted})["ndcg@10"] == 1


def test_golden_metrics_of_infinite_ae() -> None:
    """The release's, in percent; it draws its AUC from samples of all users, which is not compared."""
    arrays = golden("modalities/recsys_infae")
    targets = {"seen": arrays["in_train_mask"] > 0, "wanted": arrays["in_test"] > 0}
    found = many(arrays["out_scores"].shape[1]).grades(arrays["out_scores"].float(), targets)
    shown = [round(100 * found[name], 4) for name in ("recall@10", "ndcg@10")]
    np.testing.assert_allclose(shown, arrays["out_metrics"][[1, 3]], atol=1e-4)


def test_the_loss_is_the_multinomial_likelihood() -> None:
    scores, rows = normal(4, 5), marks(4, 5, 0.5, seed=4).float()
    expected = -(rows.numpy() * log_softmax(scores.double().numpy(), axis=1)).sum(1)
    np.testing.assert_allclose(FIVE.loss(scores, rows), expected, rtol=1e-5)


def test_probabilities_are_clamped_and_normalised_and_an_empty_row_is_uniform() -> None:
    rows = torch.tensor([[1.0, -2.0, 3.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0, 0.0]])
    assert FIVE.probabilities(rows).tolist() == [
        pytest.approx([0.25, 0, 0.75, 0, 0]),
        pytest.approx([0.2] * 5),
    ]


@pytest.mark.parametrize("labels", [torch.zeros(3), torch.zeros(3, 4), torch.zeros(3, 5, dtype=torch.int64)])
def test_labels_of_another_form_are_refused(labels: Tensor) -> None:
    FIVE.expect(torch.zeros(3, 5))
    with pytest.raises(RequestError, match=r"expected \(n, 5\) numbers"):
        FIVE.expect(labels)
