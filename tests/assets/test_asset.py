"""What a set was made with stands in its card, by content."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from condenset.artifact.reading import read
from condenset.assets.asset import file_asset
from condenset.assets.experts import Experts, ExpertStore
from condenset.assets.image_autoencoders import ImageAutoencoderStore, ImageAutoencoding
from condenset.assets.model_store import ModelStore
from condenset.assets.teacher_store import Squeeze, TeacherStore
from condenset.core.budget import Size
from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.run.distill import distill
from tests.examples import digits

NETWORK = "convnet:width=4,depth=2,norm=batch"
ONE_STEP = ImageAutoencoding(rounds=1, steps=1, width=4, latent=4)
SHORT = {
    "steps": 2,
    "network": "mlp:width=4,depth=1",
    "source.experts.count": 2,
    "source.experts.examples": 40,
    "source.starts.end": 1,
    "objective.inner.steps": 2,
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    return cache_folder()


def test_the_card_lists_the_experts_that_a_set_was_made_with(cache: Path, tmp_path: Path) -> None:
    distill("iris", "mtt", size=Size(per_class=1), out=tmp_path / "set", changes=SHORT)
    assets = read(tmp_path / "set").card.assets
    files = sorted((cache / "experts").rglob("*.safetensors"))
    assert [asset.bytes for asset in assets] == [file.stat().st_size for file in files] and len(files) == 2
    for asset, file in zip(assets, files, strict=True):
        content = file.read_bytes()
        numbers = content[8 + int.from_bytes(content[:8], "little") :]
        assert asset.sha256 == hashlib.sha256(numbers).hexdigest()
    assert assets[0].name == f"expert {files[0].parent.name}/0000" and assets[0].made_by.startswith("condenset ")
    assert "Made with 2 assets" in (tmp_path / "set" / "README.md").read_text(encoding="utf8")


def test_a_missing_expert_is_made_again_and_an_altered_one_is_refused(cache: Path, tmp_path: Path) -> None:
    distill("iris", "mtt", size=Size(per_class=1), out=tmp_path / "one", changes=SHORT)
    first, second = sorted((cache / "experts").rglob("*.safetensors"))
    first.unlink()
    distill("iris", "mtt", size=Size(per_class=1), out=tmp_path / "two", changes=SHORT)
    one, two = (read(tmp_path / name) for name in ("one", "two"))
    assert one.card.assets == two.card.assets and one.card.sha256 == two.card.sha256
    second.write_bytes(second.read_bytes()[:-100])
    with pytest.raises(DataError, match=rf"expert .*{second.name} cannot be read"):
        distill("iris", "mtt", size=Size(per_class=1), changes=SHORT)


@pytest.mark.parametrize(
    ("store", "made"),
    [
        (ExpertStore, lambda: ExpertStore(Experts(count=1, examples=40), digits(), NETWORK, (1,)).train(0)),
        (TeacherStore, lambda: TeacherStore(Squeeze(epochs=1, examples=40), digits(), (NETWORK,)).train(0)),
        (ModelStore, lambda: ImageAutoencoderStore(digits(), ONE_STEP).train()),
    ],
)
def test_two_who_want_an_asset_at_once_have_it_trained_once(
    cache: Path, monkeypatch: pytest.MonkeyPatch, store: Any, made: Callable[[], None]
) -> None:
    """The second one waits and leaves the file of the first, which whoever reads it already goes on reading."""
    trained, complete, together = [], store._complete, threading.Barrier(2)

    def counted(*asked: Any) -> None:
        trained.append(asked)
        complete(*asked)

    def want() -> None:
        together.wait()
        made()

    monkeypatch.setattr(store, "_complete", counted)
    waiting = [threading.Thread(target=want) for _ in range(2)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    assert len(trained) == 1
    assert [path.suffix for path in cache.rglob("*") if path.is_file()] == [".safetensors"]


def test_a_set_without_assets_says_so(tmp_path: Path) -> None:
    distill("iris", "random", size=Size(per_class=1), out=tmp_path / "set")
    assert read(tmp_path / "set").card.assets == ()


def test_a_file_that_is_missing_is_no_asset(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_asset("a prior", tmp_path / "none")
