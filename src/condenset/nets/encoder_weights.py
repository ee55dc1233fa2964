"""Encoders, kept by what their weights are: models of the library timm without their heads, and condenset's own."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from condenset.core.cache import cache_folder, put
from condenset.core.errors import DataError, MissingExtraError, RequestError
from condenset.core.untrusted_file import load_tensors
from condenset.nets.conv_encoder import ConvEncoder

_UNSAID = "not said by the file of its weights"
_WRAPPED = ("state_dict", "model")  # where training scripts put weights among other things
_HEAD = 2  # tensors that may follow those of the body: a weight and a bias


@dataclass(frozen=True)
class EncoderWeights:
    """What is known of an encoder that is kept.

    Attributes:
        model: its name in timm, or of how condenset trained it.
        sha256: of its weights, those of the head left out.
        bytes: that these take.
        width: of a vector that it makes.
        mean, std: per colour of the pictures that it was trained on, whose pixels lie in [0, 1].
        licence: of the weights.
        made_by: who made it, and how.
        widths: of the blocks of a `ConvEncoder`; none: it is a model of timm.
    """

    model: str
    sha256: str
    bytes: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str
    made_by: str = ""
    widths: tuple[int, ...] = ()

    @property
    def address(self) -> str:
        """By which it is found again."""
        return f"{self.model}-{self.sha256[:16]}"


def keep_encoder(model: str, weights: Path | None = None) -> EncoderWeights:
    """The encoder, in the cache folder from now on.

    Args: model, a name that timm knows; weights, a file of its state dict, from safetensors or `torch.save`; names
    may be others, where tensors are of the same shapes in the same order. None: those that timm fetches by that name.
    Raises `RequestError` for a model that timm does not know or cannot fetch, `DataError` for weights that do not fit,
    `MissingExtraError`.
    """
    body: Any = _built(model) if weights is not None else _fetched(model)
    own = body.state_dict()
    state = own if weights is None else matched(own, _read(weights), f"{weights} and {model}")
    known: dict[str, Any] = body.pretrained_cfg
    licence = str(known.get("license") or _UNSAID) if weights is None else _UNSAID
    mean, std = (tuple(map(float, known[name])) for name in ("mean", "std"))
    sha256, size = content(state)
    return _kept(EncoderWeights(model, sha256, size, int(body.num_features), mean, std, licence), state)


def keep_own(
    model: str, body: ConvEncoder, mean: Sequence[float], std: Sequence[float], licence: str, made_by: str
) -> EncoderWeights:
    """An encoder that condenset trained, in the cache folder from now on.

    Args: model, how it was trained; mean, std, per channel of its pictures; licence, made_by, as cards say them.
    """
    state = body.state_dict()
    sha256, size = content(state)
    widths = body.widths
    known = EncoderWeights(model, sha256, size, widths[-1], tuple(mean), tuple(std), licence, made_by, widths)
    return _kept(known, state)


def content(state: Mapping[str, Tensor]) -> tuple[str, int]:
    """SHA-256 of weights by name, and their bytes."""
    digest = hashlib.sha256()
    for name, value in state.items():
        digest.update(f"{name} {tuple(value.shape)}\n".encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest(), sum(value.nbytes for value in state.values())


def _kept(kept: EncoderWeights, state: Mapping[str, Tensor]) -> EncoderWeights:
    if not _path(kept.address).is_file():
        with put(_path(kept.address)) as part:
            held = {name: value.contiguous() for name, value in state.items()}
            save_file(held, part, {"encoder": json.dumps(asdict(kept))})
    return kept


@lru_cache(maxsize=16)
def kept_encoder(address: str) -> EncoderWeights:
    """What is known of the encoder of an address. Raises `RequestError` where it is not kept here."""
    try:
        with safe_open(_path(address), framework="pt") as file:
            known = json.loads(file.metadata()["encoder"])
        lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        return EncoderWeights(**known | lists)
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise RequestError(f"encoder {address!r} is not kept here: open data with --encoder to keep it") from error


def encoder_body(address: str) -> nn.Module:
    """The encoder of an address, images (n, 3, height, width) -> vectors (n, width), frozen, in evaluation mode."""
    kept = kept_encoder(address)
    body = ConvEncoder(kept.widths) if kept.widths else _built(kept.model)
    body.load_state_dict(load_file(_path(address)))
    return body.eval().requires_grad_(False)


def matched(own: Mapping[str, Tensor], given: Mapping[str, Tensor], both: str) -> dict[str, Tensor]:
    """The given tensors under the names of a model's own: by name, or else in their order.

    Args: both, what messages call them. Raises `DataError` where shapes differ, or the kinds that names end in.
    """
    if own.keys() <= given.keys():
        found = [given[name] for name in own]
    elif len(own) <= len(given) <= len(own) + _HEAD:
        found = list(given.values())[: len(own)]
        kinds = [name.rpartition(".")[2] for name in list(given)[: len(own)]]
        for name, kind in zip(own, kinds, strict=True):
            if name.rpartition(".")[2] != kind:
                raise DataError(f"{both} do not fit: where it has {name!r}, the file has a {kind!r}")
    else:
        raise DataError(f"{both} do not fit: {len(own)} tensors without the head, and the file has {len(given)}")
    for (name, value), other in zip(own.items(), found, strict=True):
        if value.shape != other.shape:
            shapes = f"{tuple(value.shape)}, and the file has {tuple(other.shape)}"
            raise DataError(f"{both} do not fit: {name!r} is {shapes}; give the weights of that model")
    return {name: other.to(value.dtype) for (name, value), other in zip(own.items(), found, strict=True)}


def _path(address: str) -> Path:
    return cache_folder() / "encoders" / f"{address}.safetensors"


def _built(model: str, **fields: Any) -> nn.Module:
    timm = _timm()
    if not timm.is_model(model):
        near = difflib.get_close_matches(model, timm.list_models(), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise RequestError(f"timm knows no model {model!r}: {hint}see timm.list_models()")
    built: nn.Module = timm.create_model(model, num_classes=0, **fields)
    return built


def _fetched(model: str) -> nn.Module:
    try:
        return _built(model, pretrained=True)
    except RequestError:
        raise
    except Exception as error:  # of the hub's client, of whatever kind
        raise RequestError(
            f"timm cannot fetch weights of {model!r} ({error!s:.120}): give a file of them with --encoder-weights"
        ) from error


def _timm() -> Any:
    try:
        import timm
    except ImportError as error:
        raise MissingExtraError("timm", "encoder") from error
    return timm


def _read(path: Path) -> dict[str, Tensor]:
    """Tensors by name, in their order."""
    if path.suffix == ".safetensors":
        try:
            held: Any = load_file(path)
        except (OSError, SafetensorError) as error:
            raise DataError(f"{path} cannot be read ({error!s:.120}): give a file of weights") from error
    else:
        held = load_tensors(path)
        for name in _WRAPPED:
            held = held.get(name, held) if isinstance(held, Mapping) else held
    if not isinstance(held, Mapping) or not all(isinstance(value, Tensor) for value in held.values()):
        raise DataError(f"{path} holds no tensors by name: give a file of a model's state dict")
    return {str(name).removeprefix("module."): value for name, value in held.items()}
