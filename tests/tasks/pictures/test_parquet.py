from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from condenset.core.errors import DataError
from condenset.tasks.pictures import decoding
from condenset.tasks.pictures.examples import ImageData
from condenset.tasks.pictures.parquet import looks_like_parquet_images, read_parquet
from condenset.tasks.pictures.shards import decoded
from tests.tasks.pictures.pictures import noise, png


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))


def write(path: Path, count: int, image: str = "img", names: list[str] | None = None, side: int = 9) -> np.ndarray:
    """A file of `count` pictures with labels 0, 1, 0, ...; returns their pixels."""
    pixels = np.stack([noise(side, side, 3, seed=i) for i in range(count)])
    rows = [{"bytes": png(p), "path": f"{i}.png"} for i, p in enumerate(pixels)]
    table = pa.table({image: rows, "label": [i % 2 for i in range(count)]})
    if names:
        features = {image: {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": names}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return pixels


def read(path: Path, size: int | None, skip: bool) -> ImageData:
    return decoded(read_parquet(path, skip), size, skip)


def test_a_dataset_folder_with_several_files_and_a_test_split(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    first = write(folder / "data" / "train-00000-of-00002.parquet", 4, names=["cat", "dog"])
    second = write(folder / "data" / "train-00001-of-00002.parquet", 6, names=["cat", "dog"])
    held = write(folder / "data" / "test-00000-of-00001.parquet", 2)
    data = read(folder, None, False)
    assert (data.name, data.classes) == ("set", ("cat", "dog"))
    assert np.array_equal(data.train.images, np.concatenate([first, second]))
    assert data.train.labels.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert data.test is not None
    assert np.array_equal(data.test().images, held)
    assert looks_like_parquet_images(folder)


def test_decoding_happens_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = write(tmp_path / "a.parquet", 4)
    read(tmp_path / "a.parquet", None, False)

    def refuse(*_: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(decoding, "pixels_of", refuse)
    assert np.array_equal(read(tmp_path / "a.parquet", None, False).train.images, pixels)
    with pytest.raises(AssertionError, match="decoded again"):
        read(tmp_path / "a.parquet", 16, False)


def test_nothing_is_written_beside_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    write(folder / "train.parquet", 4)
    read(folder, None, False)
    assert [p.name for p in folder.iterdir()] == ["train.parquet"]


def test_test_pictures_take_the_format_of_training(tmp_path: Path) -> None:
    write(tmp_path / "train-0.parquet", 4, side=20)
    write(tmp_path / "validation-0.parquet", 2, side=33)
    data = read(tmp_path, None, False)
    assert data.test is not None
    assert data.test().images.shape == (2, 20, 20, 3)


def test_text_labels_and_plain_bytes(tmp_path: Path) -> None:
    pictures = [png(noise(5, 5, 1, seed=i)) for i in range(3)]
    pq.write_table(pa.table({"image": pictures, "label": ["b", "a", "b"]}), tmp_path / "a.parquet")
    data = read(tmp_path / "a.parquet", None, False)
    assert data.classes == ("a", "b")
    assert data.train.labels.tolist() == [1, 0, 1]


def test_skipped_rows_are_counted_and_not_cached(tmp_path: Path) -> None:
    rows = [{"bytes": png(noise(5, 5, 3, seed=i)), "path": ""} for i in range(4)]
    rows[1] = {"bytes": None, "path": "elsewhere.png"}
    pq.write_table(pa.table({"image": rows, "label": [0, 0, 1, 1]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="row 1 cannot be read"):
        read(tmp_path / "a.parquet", None, False)
    for _ in range(2):
        with pytest.warns(UserWarning, match="skipped 1"):
            data = read(tmp_path / "a.parquet", None, True)
        assert data.train.labels.tolist() == [0, 1, 1]
        assert data.skipped == 1


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no train-\*\.parquet"):
        read(tmp_path, None, False)
    path = tmp_path / "train.parquet"
    audio = [{"bytes": b"RIFF", "path": "a.wav"}]
    pq.write_table(pa.table({"audio": audio, "label": [0]}), path)
    assert not looks_like_parquet_images(tmp_path)
    with pytest.raises(DataError, match=r"has columns \['audio', 'label'\]"):
        read(tmp_path, None, False)
    path.write_bytes(b"no parquet")
    assert not looks_like_parquet_images(tmp_path)
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read(tmp_path, None, False)
    pq.write_table(pa.table({"image": [{"bytes": b"x", "path": ""}] * 2, "label": [0, None]}), path)
    with pytest.raises(DataError, match="whole numbers"):
        read(tmp_path, None, False)
