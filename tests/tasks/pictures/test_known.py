from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError
from condenset.tasks.image import MODALITY, open_images
from condenset.tasks.pictures.known import NAMES, read_known
from tests.tasks.pictures import test_idx, test_parquet


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder; no packaged datasets, an empty cache."""
    for name in ("CONDENSET_DATA", "CONDENSET_CACHE", "XDG_DATA_DIRS"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path / "CONDENSET_DATA"


class FakeDataset:
    """Stands for torchvision.datasets.*: refuses without `download`, and remembers where it wrote."""

    roots: list[str] = []
    data = np.zeros((20, 3, 6, 6), np.uint8)
    labels = np.arange(20) % 10

    def __init__(self, root: str, split: str, download: bool) -> None:
        if not download and root not in self.roots:
            raise RuntimeError("Dataset not found")
        self.roots.append(root)


def offline(*_: object, **__: object) -> None:
    raise OSError("no network")


def pretend(monkeypatch: pytest.MonkeyPatch, **kinds: object) -> None:
    """Replaces torchvision.datasets."""
    module = ModuleType("torchvision.datasets")
    vars(module).update(kinds)
    package = ModuleType("torchvision")
    package.datasets = module  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", module)


def test_every_name_is_described() -> None:
    assert set(MODALITY.datasets) == set(NAMES)


def test_a_reencoded_variant_keeps_its_name_and_the_papers_constants(nowhere: Path) -> None:
    test_parquet.write(nowhere / "cifar10-jpeg" / "train-0.parquet", 20)
    data = read_known("cifar10", None, False)
    assert (data.name, data.classes[3], len(data.classes)) == ("cifar10-jpeg", "cat", 10)
    assert data.constants == ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))
    assert data.mirrored


def test_idx_files_in_a_root_or_a_packaged_dataset(nowhere: Path, tmp_path: Path) -> None:
    packaged = tmp_path / "XDG_DATA_DIRS" / "datasets" / "fashion-mnist"
    packaged.mkdir(parents=True)
    test_idx.write(packaged, ".gz")
    assert read_known("fashion-mnist", None, False).classes[9] == "Ankle boot"
    raw = tmp_path / "elsewhere" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    test_idx.write(raw)
    found = read_known("mnist", tmp_path / "elsewhere", False)
    assert (found.name, found.mirrored, found.constants) == ("mnist", False, ((0.1307,), (0.3081,)))


def test_torchvision_is_asked_last_and_its_cache_is_used_again(
    nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeDataset, "roots", [])
    pretend(monkeypatch, SVHN=FakeDataset)
    data = read_known("svhn", None, False)
    assert data.train.images.shape == (20, 6, 6, 3)
    assert not data.mirrored
    assert data.test is not None
    data.test()
    read_known("svhn", None, False)
    assert set(FakeDataset.roots) == {str(tmp_path / "CONDENSET_CACHE" / "torchvision")}


def test_a_failed_download_names_the_alternatives(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, CIFAR10=offline)
    with pytest.raises(DataError, match=r"no network.*CONDENSET_DATA.*cifar10-jpeg.*digits"):
        read_known("cifar10", None, False)


def test_the_real_fashion_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, FashionMNIST=offline)
    try:
        task = open_images("fashion-mnist")
    except DataError:
        pytest.skip("neither CONDENSET_DATA nor the Debian package dataset-fashion-mnist holds fashion-mnist")
    assert task.train.counts().tolist() == [6000] * 10
    values = task.train.batch.inputs
    assert isinstance(values, torch.Tensor)
    assert values.mean().item() == pytest.approx(0, abs=2e-3)
    assert values.std().item() == pytest.approx(1, abs=2e-3)
    assert len(task.held_out()) == 10_000


@pytest.mark.slow
@pytest.mark.real_data("cifar10-jpeg/train-00000-of-00001.parquet")
def test_the_real_cifar10() -> None:
    task = open_images("cifar10")
    assert (task.name, task.input_spec.shape, task.source["source"]) == ("cifar10-jpeg", (3, 32, 32), "cifar10")
    assert task.train.counts().tolist() == [5000] * 10
    values = task.train.batch.inputs
    assert isinstance(values, torch.Tensor)
    std = torch.tensor([0.2023, 0.1994, 0.2010])
    mean = torch.tensor([0.4914, 0.4822, 0.4465])
    assert torch.allclose(values.mean((0, 2, 3)) * std + mean, torch.tensor([0.4913, 0.4821, 0.4465]), atol=1e-4)
    assert torch.allclose(values.std((0, 2, 3)) * std, torch.tensor([0.2452, 0.2428, 0.2606]), atol=1e-4)
