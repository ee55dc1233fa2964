"""Weights of encoders: those of a file under whatever names, and what does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from condenset.core.errors import DataError, RequestError
from condenset.nets.encoder_weights import encoder_body, keep_encoder, kept_encoder
from tests.examples import normal
from tests.tasks.pictures.encoders import MODEL, weights


def test_the_same_weights_under_other_names_are_the_same_encoder(tmp_path: Path) -> None:
    import timm

    kept = keep_encoder(MODEL, weights())
    renamed = {f"module.other.{number}.{name.rpartition('.')[2]}": value.clone() for number, (name, value) in
               enumerate(timm.create_model(MODEL).state_dict().items())}  # fmt: skip
    own = load_file(weights())
    for new, name in zip(list(renamed), timm.create_model(MODEL).state_dict(), strict=True):
        renamed[new] = own[name]
    torch.save({"state_dict": renamed, "epoch": 3}, tmp_path / "weights.pth")
    assert keep_encoder(MODEL, tmp_path / "weights.pth") == kept == kept_encoder(kept.address)
    plain = timm.create_model(MODEL)
    plain.load_state_dict(own)
    images = normal(2, 3, 32, 32)
    expected = plain.eval().forward_head(plain.forward_features(images), pre_logits=True)
    torch.testing.assert_close(encoder_body(kept.address)(images), expected)
    assert kept.width == expected.shape[1] and kept.bytes > 4 * kept.width
    assert len(kept.mean) == len(kept.std) == 3


def test_other_weights_are_another_encoder_and_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    own = load_file(weights())
    first = next(name for name, value in own.items() if value.dim() > 1)
    save_file(own | {first: own[first] + 1}, tmp_path / "moved.safetensors")
    assert keep_encoder(MODEL, tmp_path / "moved.safetensors").sha256 != keep_encoder(MODEL, weights()).sha256
    save_file(own | {first: own[first][:1].clone()}, tmp_path / "narrow.safetensors")
    with pytest.raises(DataError, match=rf"do not fit: '{first}' is \("):
        keep_encoder(MODEL, tmp_path / "narrow.safetensors")
    save_file({"a": torch.ones(2)}, tmp_path / "few.safetensors")
    with pytest.raises(DataError, match="tensors without the head, and the file has 1"):
        keep_encoder(MODEL, tmp_path / "few.safetensors")
    torch.save([torch.ones(2)], tmp_path / "list.pth")
    with pytest.raises(DataError, match="holds no tensors by name"):
        keep_encoder(MODEL, tmp_path / "list.pth")
    (tmp_path / "text.safetensors").write_text("no tensors")
    with pytest.raises(DataError, match="cannot be read"):
        keep_encoder(MODEL, tmp_path / "text.safetensors")


def test_a_name_that_timm_does_not_know_and_an_encoder_that_is_not_kept_are_refused() -> None:
    with pytest.raises(RequestError, match="did you mean 'test_resnet'"):
        keep_encoder("test_resnett")
    with pytest.raises(RequestError, match="not kept here: open data with --encoder"):
        kept_encoder("test_resnet-0000")
