"""Numbers and verdicts as people read them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from condenset.core.ledger import Ledger, Sizes
from condenset.core.metric import ACCURACY, score_text
from condenset.report.records import Run, read_run
from condenset.report.wording import (
    bytes_text,
    certainty,
    change_text,
    count_text,
    ledger_text,
    ratio_text,
    seconds_text,
    sizes_text,
    verdict,
)
from tests.report.conftest import ERROR, R2, evaluation, metrics, row, tensors, write_run


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


LEDGER = Ledger(784, 25_088, 0, 64, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (score_text(0.8294, ACCURACY), "82.9 %"),
        (score_text(0.8294, ACCURACY, unit=False), "82.9"),
        (score_text(-0.1234, R2), "−0.123"),
        (score_text(12.5, ERROR), "12.500"),
        (count_text(60000), "60 000"),
        (bytes_text(999), "999 B"),
        (bytes_text(314400), "314 kB"),
        (bytes_text(1500), "1.5 kB"),
        (bytes_text(999999), "1.0 MB"),
        (bytes_text(5e12), "5000 GB"),
        (seconds_text(0.0), "0 s"),
        (seconds_text(0.0123), "12 ms"),
        (seconds_text(3.14), "3.1 s"),
        (seconds_text(340.5), "5.7 min"),
        (seconds_text(7200.0), "2.0 h"),
        (ratio_text(600.2), "600×"),
        (ratio_text(7.123), "7.12×"),
        (change_text(600, 1), "600× smaller"),
        (change_text(203_000, 295_000), "1.45× larger"),
        (
            sizes_text(Sizes(6, 294_912, 299_000, 144, 203_000, LEDGER)),
            "299 kB on disk (295 kB of tensors), for 144 examples of 203 kB on disk: "
            "larger than the data themselves, which may as well be kept",
        ),
        (
            sizes_text(Sizes(6, 294_912, 299_000, 144, None, LEDGER)),
            "299 kB on disk (295 kB of tensors), for 144 examples",
        ),
        (sizes_text(Sizes(6, 294_912, None, 0, None, LEDGER)), "295 kB of tensors"),
        (ledger_text(LEDGER), "stored: 784 floats, 25 088 bits of data, 25 152 bits with labels"),
        (
            ledger_text(replace(LEDGER, decoder_bits=64, asset_bytes=1500)),
            "stored: 784 floats, 25 088 bits of data (64 shared by all items), 25 152 bits with labels, "
            "1.5 kB of assets beside",
        ),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    assert plain(text) == expected


def run(tmp_path: Path, rows: list[dict[str, object]], **changes: object) -> Run:
    graded = evaluation() | {"rows": rows} | changes
    return read_run(write_run(tmp_path / "run", evaluations=[graded]))


def test_the_first_sentence_says_what_stands_for_what(tmp_path: Path) -> None:
    said = "100 synthetic images stand in for 60 000: 82.9 % accuracy, taught to convnet."
    assert plain(verdict(read_run(write_run(tmp_path / "run")))) == said


def test_the_second_names_the_best_rival_and_what_it_is_worth(tmp_path: Path) -> None:
    said = plain(certainty(read_run(write_run(tmp_path / "run"))))
    assert re.fullmatch(
        r"Worth it: 2\.7 points of accuracy ahead of k-means, its best rival \(95 % interval 1\.\d to \d\.\d\); "
        r"90\.0 % of what the full data reach\.",
        said,
    )


def test_verdict_without_an_evaluation_claims_nothing(tmp_path: Path) -> None:
    found = read_run(write_run(tmp_path / "run", evaluations=[]))
    assert "not known yet" in verdict(found) and certainty(found) == ""


def test_chosen_examples_are_not_called_synthetic(tmp_path: Path) -> None:
    chosen = read_run(
        write_run(tmp_path / "run", recipe={"method": "herding", "size": {"per_class": 1}}, tensors=tensors(10))
    )
    assert plain(verdict(chosen)).startswith("10 images stand in")


def test_an_error_is_judged_the_other_way_round(tmp_path: Path) -> None:
    rows = [row("distilled", [0.3, 0.31, 0.3], 100, 1.0), row("herding", [0.5, 0.51, 0.5], 100, 1.0)]
    rows += [row("k-means", [0.41, 0.4, 0.41], 100, 1.0), row("full", [0.1, 0.1], 9000, 1.0)]
    found = run(tmp_path, rows, metrics=metrics(ERROR))
    assert "0.303 rmse" in plain(verdict(found))
    assert plain(certainty(found)).startswith("Worth it: 0.103 of rmse ahead of k-means")
    assert "33.0 % of what the full data reach" in plain(certainty(found))


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ([0.7, 0.8, 0.9], [0.7, 0.8, 0.85], "Not told apart from random: 1.7 points of accuracy ahead"),
        ([0.50, 0.51, 0.50], [0.7, 0.71, 0.7], "Not worth it, take random: 20.0 points of accuracy behind"),
        ([0.9], [0.7, 0.71], "One repeat gives no verdict"),
    ],
)
def test_certainty_is_honest(tmp_path: Path, own: list[float], other: list[float], said: str) -> None:
    assert said in plain(certainty(run(tmp_path, [row("distilled", own, 1, 1.0), row("random", other, 1, 1.0)])))


def test_the_verdict_is_over_all_learners(tmp_path: Path) -> None:
    rows = [row("distilled", [0.8, 0.81], 1, 1.0), row("random", [0.5, 0.51], 1, 1.0)]
    rows += [row("distilled", [0.6, 0.6], 1, 1.0, "mlp"), row("random", [0.8, 0.8], 1, 1.0, "mlp")]
    found = run(tmp_path, rows)
    assert "the mean of 2 learners" in verdict(found)
    assert "5.0 points of accuracy ahead of random" in plain(certainty(found))


def test_without_a_rival_nothing_is_claimed(tmp_path: Path) -> None:
    rows = [row("distilled", [0.8, 0.81], 1, 1.0), row("full", [0.9], 900, 1.0)]
    assert certainty(run(tmp_path, rows)).startswith("No rival stands beside it")
