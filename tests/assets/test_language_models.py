"""Language models: what they learn of texts, resumed to the same bytes, told apart, and safe from bad files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets import language_models as module
from condenset.assets.asset import AssetStore
from condenset.assets.language_models import LanguageModelling, LanguageModelStore
from condenset.core.errors import DataError
from condenset.core.execution import LOCAL
from condenset.core.rng import Rng
from condenset.nets.language_model import LanguageModel, written
from tests.tasks.text import example

QUICK = LanguageModelling(size=16, width=32, rounds=4, batch=8, passes=2, rate=3e-2)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def store(how: LanguageModelling = QUICK) -> LanguageModelStore:
    return LanguageModelStore(example.task(), how)


def test_it_reads_better_than_by_how_often_words_are_and_writes_what_suits_the_group() -> None:
    found, reader, task = store(), example.task().resources["language"], example.task()
    words = task.train.all().inputs.words
    shares = torch.bincount(words.flatten().long(), minlength=reader.vocabulary)[2:] / (words > 1).sum()
    often = (-(shares * shares.clamp(min=1e-9).log()).sum()).exp().item()
    assert found.losses().exp().min() < 0.9 * often
    groups = torch.arange(2).repeat_interleave(100)
    texts = reader.written(written(found.model(), groups, reader.longest, 1.0, Rng(0).torch()))
    moods = [set(example.MOODS[name]) for name in task.groups.names]
    pairs = [(moods[group], moods[1 - group], set(text.split())) for group, text in zip(groups, texts, strict=True)]
    own, other = (sum(len(words & of[which]) for *of, words in pairs) for which in (0, 1))
    assert own > 2 * other


def test_a_killed_training_goes_on_to_the_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store()
    whole.train()
    expected = whole.model().state_dict()
    next((folder / "language-models").glob("*.safetensors")).unlink()
    descend, seen = LanguageModelStore._descend, []

    def killed(self: LanguageModelStore, *given: object) -> None:
        seen.append(given[-1])
        if given[-1] == 2 and seen.count(2) == 1:
            raise KeyboardInterrupt
        descend(self, *given)

    monkeypatch.setattr(LanguageModelStore, "_descend", killed)
    with pytest.raises(KeyboardInterrupt):
        store().train()
    assert store().missing() and store().assets() == []
    assert isinstance(store(), AssetStore)
    store().train_missing(LOCAL)
    assert seen == [0, 1, 2, 2, 3]
    found = store().model().state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    assert [path.suffix for path in (folder / "language-models").iterdir()] == [".safetensors"]


def test_it_is_of_the_best_round_and_the_card_tells_how_it_was_made(folder: Path) -> None:
    found = store()
    (asset,) = (found.train_missing(LOCAL), found.assets())[1]
    losses = found.losses().exp()
    assert f"perplexity {losses.min():.1f} on validation texts" in asset.name and "rounds 4" in asset.name
    assert asset.bytes == next((folder / "language-models").glob("*.safetensors")).stat().st_size
    task = example.task().with_validation()
    own = found.model().losses(task.validation.inputs.words.long(), task.validation.groups)
    counts = (task.validation.inputs.words > 0).sum(1) + 1
    assert ((own * counts).sum() / counts.sum()).exp().item() == pytest.approx(losses.min().item(), rel=1e-4)


def test_another_setting_is_another_model_and_a_damaged_file_is_named(folder: Path) -> None:
    store().train()
    assert not store().missing() and store(LanguageModelling(rounds=1)).missing()
    path = next((folder / "language-models").glob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"language model .* cannot be read"):
        store().model()


def test_what_diverges_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(self: LanguageModelStore, model: LanguageModel, batch: object) -> torch.Tensor:
        return torch.tensor(torch.nan)

    monkeypatch.setattr(module.LanguageModelStore, "_loss", spoilt)
    with pytest.raises(DataError, match="diverged"):
        store().train()
