"""card.json: everything about a saved set but its tensors, as typed records that are checked when read."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, get_args, get_origin

import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.v import format_exception

from condenset.artifact.older import FIRST, second_of_first
from condenset.assets.asset import Asset
from condenset.core.errors import ArtifactError, RequestError, as_artifact_error
from condenset.core.regular_file import read_regular
from condenset.core.spec import Spec, plain_spec, spec_from
from condenset.core.structured import strict_converter
from condenset.synthetic import Budget, Contract
from condenset.tasks.footprint import Footprint
from condenset.tasks.targets.target import TARGETS, Target

SCHEMA = "condenset/2"
CARD_FILE = "card.json"
DATA_FILE = "data.safetensors"
LARGEST_CARD = 32 * 2**20  # bytes; wide tables with many categories stay far below


@dataclass(frozen=True)
class TaskRecord:
    """The data that a set was distilled from, as far as a learner and a reader need it.

    Attributes:
        input_spec: of one decoded example.
        groups: names of the groups that items are budgeted for.
        preprocessing: how raw data became inputs.
        source: arguments that open the task again.
        fingerprint: {"rows": int, "sha256": hex} of the training data.
        footprint: what the training data take as they are.
        constraints: what holds between the parts of an example.
    """

    name: str
    modality: str
    input_spec: Spec
    target: Target
    groups: tuple[str, ...]
    preprocessing: dict[str, Any]
    source: dict[str, Any]
    fingerprint: dict[str, Any]
    footprint: Footprint = field(default_factory=Footprint)
    constraints: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CodecRecord:
    """The registered codec and the fields that it restores from."""

    name: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class LabelsRecord:
    """The registered kind of labels."""

    kind: str


@dataclass(frozen=True)
class TensorRecord:
    """A stored tensor: its name in the file, its shape, its dtype as "float32"."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Card:
    """A saved set, described.

    Attributes:
        schema: "condenset/2".
        contract: how a learner must train on the set.
        budget: bytes of what is stored.
        recipe: method, size, seed, steps, changes and whatever else repeats the run.
        versions: of Python and the libraries that wrote it.
        assets: what it was made with, none of which it needs to be used unless its codec says so.
        evaluations, audits: results, appended as they come.
        data: name of the file with the tensors, beside the card.
        tensors: name, shape and dtype of each tensor in that file.
        sha256: of that file, in hexadecimal.
    """

    schema: str
    task: TaskRecord
    codec: CodecRecord
    labels: LabelsRecord
    contract: Contract
    budget: Budget
    recipe: dict[str, Any]
    versions: dict[str, str]
    assets: tuple[Asset, ...]
    evaluations: tuple[dict[str, Any], ...]
    audits: tuple[dict[str, Any], ...]
    data: str
    tensors: tuple[TensorRecord, ...]
    sha256: str

    @property
    def items(self) -> int:
        """Number of stored items, by the shape (items,) of the stored groups; 0 where there are none."""
        return next((t.shape[0] for t in self.tensors if t.name == "groups" and len(t.shape) == 1), 0)

    @property
    def within_bytes(self) -> bool:
        """Whether its budget was one of bytes."""
        size = self.recipe.get("size")
        return isinstance(size, dict) and size.get("bytes") is not None


def write_card(card: Card) -> bytes:
    """The card as UTF-8 JSON. Raises `RequestError` where a record holds what JSON cannot."""
    try:
        text = json.dumps(_CONVERTER.unstructure(card), indent=2, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise RequestError(
            f"the card cannot be JSON ({error}): give text, finite numbers, lists, dictionaries"
        ) from error
    return (text + "\n").encode()


def read_card(folder: Path) -> Card:
    """The checked card of a saved set. Raises `ArtifactError` saying which field is wrong and what was expected."""
    path = inside(folder, CARD_FILE)
    with as_artifact_error():
        text = read_regular(path, LARGEST_CARD)
    try:
        content = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path} is not well-formed JSON ({error}): it is truncated or altered") from error
    content = _in_present_schema(path, content)
    try:
        return _CONVERTER.structure(content, Card)
    except (cattrs.BaseValidationError, ValueError, TypeError, AttributeError) as error:
        faults = "; ".join(cattrs.transform_error(error, "card", _explain))
        raise ArtifactError(f"{path} does not describe a set: {faults}") from error


def inside(folder: Path, name: str) -> Path:
    """A regular file directly inside a saved set. Raises `ArtifactError` where it is missing or leads elsewhere."""
    if Path(name).name != name or "\\" in name or name in ("", ".", ".."):
        raise ArtifactError(f"{folder} names the file {name!r}, which leads elsewhere: a set holds its files itself")
    path = folder / name
    if path.is_symlink():
        raise ArtifactError(f"{path} is a symbolic link: a set holds its files itself, links are not followed")
    if not path.is_file():
        raise ArtifactError(f"{path} is missing: {folder} is no complete set; copy the whole folder again")
    return path


def _in_present_schema(path: Path, content: Any) -> Any:
    """The content, brought forward where an older version wrote it. Raises `ArtifactError` for an unknown schema."""
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema == SCHEMA:
        return content
    if schema == FIRST:
        try:
            return second_of_first(content)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ArtifactError(
                f"{path} is of schema {FIRST!r} and cannot be brought forward ({type(error).__name__}: {error}): "
                "it is truncated or altered"
            ) from error
    family, _, version = schema.partition("/") if isinstance(schema, str) else ("", "", "")
    if family == "condenset" and version.isdecimal() and int(version) > int(SCHEMA.split("/")[1]):
        raise ArtifactError(
            f"{path} has schema {schema!r}, written by a newer condenset: this one reads {SCHEMA!r}, upgrade it"
        )
    raise ArtifactError(f"{path} has schema {schema!r:.80}: expected {SCHEMA!r}; this is no set that condenset wrote")


def _explain(error: BaseException, kind: Any) -> str:
    return str(error) if isinstance(error, TypeError | ValueError) else format_exception(error, kind)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def _is_tuple(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple


def _structure_tuple(value: Any, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.60} is no list")
    return tuple(_CONVERTER.structure(entry, get_args(kind)[0]) for entry in value)


def _structure_target(value: Any, _: Any) -> Target:
    kind, known = value.get("kind") if isinstance(value, dict) else None, TARGETS.names()
    if not isinstance(kind, str) or kind not in known:
        raise ValueError(f"{kind!r:.60} is no kind of target: expected one of {', '.join(known)}")
    fields = {name: field for name, field in value.items() if name != "kind"}
    target: Target = _CONVERTER.structure(fields, TARGETS.get(kind))
    return target


def _unstructure_target(target: Target) -> dict[str, Any]:
    return {"kind": target.kind, **dataclasses.asdict(target)}  # type: ignore[call-overload]


def _converter() -> cattrs.Converter:
    converter = strict_converter()
    converter.register_structure_hook_func(_is_tuple, _structure_tuple)
    converter.register_structure_hook_func(lambda kind: kind == Target, _structure_target)
    of_spec = override(struct_hook=lambda value, _: spec_from(value), unstruct_hook=plain_spec)
    read = make_dict_structure_fn(TaskRecord, converter, _cattrs_forbid_extra_keys=True, input_spec=of_spec)
    converter.register_structure_hook(TaskRecord, read)
    converter.register_unstructure_hook_func(lambda kind: kind == Target, _unstructure_target)
    converter.register_unstructure_hook(TaskRecord, make_dict_unstructure_fn(TaskRecord, converter, input_spec=of_spec))
    return converter


_CONVERTER = _converter()
