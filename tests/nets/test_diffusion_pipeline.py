"""Pipelines of diffusers: what they say of noise is what their schedules say, and what cannot be used is refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from condenset.core.errors import RequestError, UnknownNameError
from condenset.nets.diffusion_pipeline import DiffusionPipeline
from tests.nets.pipelines import CHANNELS, SIDE, by_number, by_words

diffusers = pytest.importorskip("diffusers")
HERE = torch.device("cpu")
SHAPE = 3, 10, 10


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pipelines")
    return {"words": by_words(folder / "words"), "number": by_number(folder / "number")}


@pytest.mark.parametrize("kind", ["words", "number"])
def test_a_clean_point_is_the_one_that_its_own_scheduler_steps_by(kind: str, folders: dict[str, Path]) -> None:
    """The scheduler says it beside its next step, by what the network says of the class and of none."""
    opened = DiffusionPipeline(str(folders[kind]), HERE)
    loaded = diffusers.DiffusionPipeline.from_pretrained(folders[kind])
    told = opened.told(["1", "0"] if kind == "words" else ["one", "zero"])
    points = torch.randn(2, CHANNELS, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    step, guidance = 600, 2.5
    time = torch.full((2,), 2 / math.pi * math.acos(math.sqrt(loaded.scheduler.alphas_cumprod[step])))
    found = opened.clean(points.flatten(1), time, told[:2], told[-1:], guidance)
    with torch.no_grad():
        own, none = (by_words_said if kind == "words" else by_number_said)(loaded, points, step)
    assert (own - none).abs().max() > 1e-4
    loaded.scheduler.set_timesteps(1000)
    expected = loaded.scheduler.step(none + guidance * (own - none), step, points).pred_original_sample
    torch.testing.assert_close(found.view_as(points), expected, atol=1e-4, rtol=1e-4)


def by_words_said(loaded: Any, points: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """Of the second class and the first, and of none."""
    words = loaded.tokenizer(["1", "0", ""], padding="max_length", return_tensors="pt").input_ids
    one, zero, none = loaded.text_encoder(words)[0]
    say = lambda *rows: loaded.unet(points, step, encoder_hidden_states=torch.stack(rows)).sample
    return say(one, zero), say(none, none)


def by_number_said(loaded: Any, points: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """Of the second class and the first, and of none."""
    say = lambda *numbers: loaded.transformer(points, torch.full((2,), step), torch.tensor(numbers)).sample
    return say(1, 0)[:, :CHANNELS], say(2, 2)[:, :CHANNELS]


def test_pictures_are_placed_and_drawn_by_its_autoencoder(folders: dict[str, Path]) -> None:
    opened = DiffusionPipeline(str(folders["number"]), HERE)
    vae = diffusers.AutoencoderKL.from_pretrained(folders["number"] / "vae")
    pictures = torch.rand(3, 3, 2 * SIDE, 2 * SIDE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        latents = 0.5 * vae.encode(2 * pictures - 1).latent_dist.mode()
        drawn = (vae.decode(latents / 0.5).sample / 2 + 0.5).clamp(0, 1)
    points = opened.place(pictures)
    torch.testing.assert_close(points, latents.flatten(1), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(opened.pictures(points, (3, 2 * SIDE, 2 * SIDE)), drawn, atol=1e-5, rtol=1e-5)
    grey = opened.pictures(opened.place(pictures[:, :1]), (1, 7, 9))
    assert grey.shape == (3, 1, 7, 9) and 0 <= grey.min() <= grey.max() <= 1


def test_what_it_cannot_use_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"class of the diffusion model.*'three'"):
        DiffusionPipeline(str(folders["number"]), HERE).told(["zero", "three"])
    with pytest.raises(RequestError, match=r"opens no pipeline.*save_pretrained"):
        DiffusionPipeline(str(tmp_path / "nowhere"), HERE)
    pixels = diffusers.DDPMPipeline(
        diffusers.UNet2DModel(block_out_channels=(8, 8), down_block_types=("DownBlock2D",) * 2,
                              up_block_types=("UpBlock2D",) * 2, norm_num_groups=4), diffusers.DDPMScheduler()
    )  # fmt: skip
    pixels.save_pretrained(tmp_path / "pixels")
    with pytest.raises(RequestError, match=r"DDPMPipeline .* is no latent diffusion model"):
        DiffusionPipeline(str(tmp_path / "pixels"), HERE)
