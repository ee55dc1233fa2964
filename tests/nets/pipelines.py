"""Small pipelines of diffusers that drew no pictures yet, as `save_pretrained` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

SIDE = 8  # of a latent
CHANNELS = 4


def autoencoder() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=CHANNELS,
        norm_num_groups=4,
        scaling_factor=0.5,
    )


def by_number(folder: Path, classes: tuple[str, ...] = ("zero", "one")) -> Path:
    """A DiT that knows classes of these names."""
    from diffusers import DDIMScheduler, DiTPipeline, DiTTransformer2DModel

    torch.manual_seed(0)
    network = DiTTransformer2DModel(
        num_attention_heads=2,
        attention_head_dim=8,
        in_channels=CHANNELS,
        out_channels=2 * CHANNELS,
        num_layers=1,
        sample_size=SIDE,
        num_embeds_ada_norm=len(classes),
    )
    for value in network.parameters():  # what a class says is 0 at first
        torch.nn.init.normal_(value, 0, 0.2)
    DiTPipeline(network, autoencoder(), DDIMScheduler(clip_sample=False)).save_pretrained(folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["id2label"] = dict(enumerate(classes))
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def by_words(folder: Path) -> Path:
    """A Stable Diffusion that reads digits."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    folder.mkdir(parents=True)
    words = ["<|startoftext|>", "<|endoftext|>", *(f"{digit}</w>" for digit in range(10)), *map(str, range(10))]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    network = UNet2DConditionModel(
        block_out_channels=(8, 8),
        layers_per_block=1,
        sample_size=SIDE,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        norm_num_groups=4,
        attention_head_dim=2,
    )
    text = CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8,
        bos_token_id=0,
        eos_token_id=1,
    )
    StableDiffusionPipeline(
        autoencoder(),
        CLIPTextModel(text),
        CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=8),
        network,
        DDIMScheduler(prediction_type="v_prediction", clip_sample=False),
        None,
        None,
        requires_safety_checker=False,
    ).save_pretrained(folder / "model")
    return folder / "model"
