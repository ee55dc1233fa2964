"""Small oracles: of every golden file that a test reads, the inputs and an excerpt of each large output.

They lie in `small/`, one file per golden file, so that a clone alone compares with the papers' own code; its README
names the origins. Where the golden vectors are, `python -m tests.golden.excerpts FOLDER [NAME...]` writes them anew.
CAFE's are not an excerpt: its sums run over ten classes of large images, so the released code was run on smaller ones.
"""

from __future__ import annotations

import lzma
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load, save
from torch import Tensor

SMALL = Path(__file__).parent / "small"
SUFFIX = ".safetensors.xz"
GRIDS = (*(2**power for power in range(15)), 255)
WHOLE = 40
PLACES = 24


@dataclass(frozen=True)
class Excerpt:
    """What is kept of a large output: some of its entries, its largest absolute value and its sum."""

    shape: tuple[int, ...]
    values: Tensor
    largest: float
    total: float

    @staticmethod
    def of(values: Tensor) -> Excerpt:
        """Evenly spread entries, the first and the last among them, and the largest of all."""
        values = values.detach().double()
        flat = values.flatten()
        return Excerpt(tuple(values.shape), flat[places(len(flat))], float(flat.abs().max()), float(flat.sum()))


@dataclass(frozen=True)
class Rule:
    """What is kept of one file, names given by patterns of how they begin.

    Args:
        leave: names that no test reads.
        first: leading rows that are kept, by name; the operation acts row by row.
        classes: outputs of the classifier that are kept.
        excerpt: names of outputs that are kept in part, whatever numbers they are.
        inputs: names that are kept whole, however large they are.
    """

    leave: str = "$^"
    first: Mapping[str, int] = field(default_factory=dict)
    classes: int | None = None
    excerpt: str = r".*(grad|\.out$|embed$|final_params)"
    inputs: str = r"in_|sd\.|start\.|target\.|flat_start"


PER_IMAGE = r"(?!batchnorm|conv_batch).*(\.x$|x_nhwc|embed|feat$|logits)"
RULES: dict[str, Rule] = {
    "images/convnet_d3_grey28": Rule(first={"x|embed|logits": 1}, classes=2),
    "images/convnet_d3_rgb32": Rule(first={"x|embed|logits": 1}, classes=2),
    "images/convnet_variants": Rule(first={PER_IMAGE: 1}, classes=2),
    "images/coresets": Rule(leave="euclidean|deepcore|kernel|rfad|kcenter.given", inputs="X"),
    "images/datadam": Rule(leave=r"att.*\.(l1|fro|none)", inputs=r"att\.in|sd\."),
    "images/dd_ranking": Rule(leave=r"lrs_|ars\.|printed.lrs_hard", inputs=".*"),
    "images/dsa": Rule(first={"x|grad_weight|each": 2, r"siamese.*\.y$": 2}, excerpt=r".*(\.y$|y_other|grad_x)"),
    "images/frepo_krr": Rule(
        leave="lb_|mean_sq|step.(total|acc|top5|grad_norm)", inputs="feat_|y_", excerpt="k_pp|nfr|step.grad"
    ),
    "images/frepo_nets": Rule(first={PER_IMAGE: 1}, excerpt=r".*(feat$)"),
    "images/gradient_distance": Rule(leave=r"idc\.dist\.(mse|l1_mean|cos)", inputs=r"(live\.)?(real|syn)\."),
    "images/idc": Rule(leave="feat|decode.multi"),
    "images/idm": Rule(excerpt=".*(grad|embed|partition_expand.out)"),
    "images/kip_krr": Rule(inputs="x_|y_"),
    "images/mtt_tesla_convnet": Rule(leave=".*num_params"),
    "images/mtt_tesla_mlp": Rule(leave=".*num_params"),
    "images/ncfm": Rule(leave="samplenet", inputs="feat_|t$"),
    "images/ntk": Rule(leave="fc1.standard1024.nngp.11", excerpt=r".*(nngp|ntk)\."),
    "images/rded": Rule(inputs=".*"),
    "images/rfad": Rule(leave=r".*platt.(grad|k)|jit1e-06.platt|log", inputs=r"feat|y_|.*platt.preds"),
    "images/soft_label_kl": Rule(inputs=".*logits"),
    "images/sre2l": Rule(inputs=r"clip\.in|sd\."),
    "modalities/graphs_kidd": Rule(leave="out_lr|in_[UV]_"),
    "modalities/graphs_label_alloc": Rule(inputs=".*"),
    "modalities/recsys_infae": Rule(inputs="in_|out_scores"),
    "modalities/series_text_multimodal_condtsf_step": Rule(inputs="in_|out_X"),
    "images/zca_frepo": Rule(inputs="mean|std", leave=r"full\.zca|few\.zca"),
    "images/zca_kornia": Rule(inputs="mean|std|.*unseen_in"),
}
NAMES = (
    *RULES,
    "images/dc_dcc_multiclass",
    "images/dc_end_to_end",
    "images/dc_loops",
    "images/dm",
    "images/dsdm",
    "images/param_counts",
    "modalities/graphs_cgc",
    "modalities/graphs_doscond",
    "modalities/graphs_gcdm",
    "modalities/graphs_gcn",
    "modalities/graphs_gcond_match",
    "modalities/graphs_gcond_step",
    "modalities/graphs_gcsntk",
    "modalities/graphs_gdem",
    "modalities/graphs_norm_adj",
    "modalities/graphs_pge",
    "modalities/graphs_sgc",
    "modalities/recsys_ease",
    "modalities/series_text_multimodal_attention_labels",
    "modalities/series_text_multimodal_dilm",
    "modalities/series_text_multimodal_gradmm",
    "modalities/rl_video_theory_hades_openes",
)


def places(count: int) -> Tensor:
    """The entries of an output of this many that an excerpt keeps."""
    return torch.linspace(0, count - 1, PLACES, dtype=torch.float64).round().long()


def packed(name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """The file's tensors by the rule of its name, integers where the numbers lie on a grid."""
    rule, found = RULES.get(name, Rule()), {}
    for key, array in arrays.items():
        if re.match(rule.leave, key):
            continue
        for pattern, count in rule.first.items():
            array = array[:count] if re.match(pattern, key) and array.ndim else array
        array = array[: rule.classes] if "sd.classifier" in key else array
        array = array[:, : rule.classes] if "logits" in key and rule.classes else array
        whole = array.size <= WHOLE or re.match(rule.inputs, key)
        if array.dtype.kind == "f" and not whole and (re.match(rule.excerpt, key) or _grid(array) is None):
            excerpt = Excerpt.of(torch.from_numpy(array))
            values = [*excerpt.values.tolist(), excerpt.largest, excerpt.total]
            found[f"{key}@{'x'.join(map(str, excerpt.shape))}"] = torch.tensor(values, dtype=torch.float64)
        elif array.dtype.kind == "f" and array.size > 1 and (grid := _grid(array)) is not None:
            found[f"{key}/{grid}:{array.dtype.itemsize}"] = _narrow(np.round(array * float(grid)))
        elif array.dtype.kind == "f" and np.array_equal(array, array.astype(np.float32)):
            found[f"{key}/1:{array.dtype.itemsize}"] = torch.from_numpy(array.astype(np.float32).copy())
        else:
            found[key] = torch.from_numpy(array.copy()) if array.dtype.kind == "f" else _narrow(array)
    return found


def unpacked(tensors: Mapping[str, Tensor]) -> dict[str, Tensor | Excerpt]:
    """The arrays under their names again."""
    found: dict[str, Tensor | Excerpt] = {}
    for key, value in tensors.items():
        name, at, shape = key.partition("@")
        if at:
            *values, largest, total = value.tolist()
            size = tuple(map(int, shape.split("x")))
            found[name] = Excerpt(size, torch.tensor(values, dtype=torch.float64), largest, total)
        elif "/" in key:
            name, grid, bytes_each = re.fullmatch(r"(.*)/(\d+):(\d)", key).groups()  # type: ignore[union-attr]
            found[name] = (value.double() / int(grid)).to({"4": torch.float32, "8": torch.float64}[bytes_each])
        else:
            found[key] = value if value.is_floating_point() else value.long()
    return found


def small(name: str) -> dict[str, Tensor | Excerpt]:
    """The small oracle of one golden file ("images/dm")."""
    return unpacked(load(lzma.decompress((SMALL / f"{name}{SUFFIX}").read_bytes())))


def _grid(array: np.ndarray) -> int | None:
    """The least number by which all entries become small integers."""
    for grid in GRIDS:
        scaled = np.round(array * float(grid))
        if np.abs(scaled).max(initial=0) < 2**15 and np.array_equal((scaled / grid).astype(array.dtype), array):
            return grid
    return None


def _narrow(array: np.ndarray) -> Tensor:
    """The same integers in the smallest type that holds them."""
    for dtype in (np.int8, np.int16, np.int32):
        if np.array_equal(array.astype(dtype), array):
            return torch.from_numpy(array.astype(dtype).reshape(array.shape).copy())
    return torch.from_numpy(array.astype(np.int64))


def write(folder: Path, names: tuple[str, ...]) -> None:
    """The small oracles of these files."""
    for name in names:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            tensors = packed(name, {key: arrays[key] for key in arrays.files})
        path = SMALL / f"{name}{SUFFIX}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lzma.compress(save(tensors), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    write(Path(sys.argv[1]), tuple(sys.argv[2:]) or NAMES)
