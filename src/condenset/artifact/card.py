"""card.json: everything about a saved set but its tensors, as typed records that are checked when read."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from condenset.artifact.older import FIRST, second_of_first
from condenset.core.asset import Asset
from condenset.core.errors import ArtifactError, RequestError, as_artifact_error
from condenset.core.registries import TARGETS
from condenset.core.spec import DTYPES, Spec, plain_spec, spec_from
from condenset.core.structured import faults, strict_converter
from condenset.core.untrusted_file import read_regular
from condenset.evaluation.grading import Grading, grading_of
from condenset.synthetic import Budget, Contract
from condenset.tasks.footprint import Footprint
from condenset.tasks.targets.target import Target

SCHEMA = "condenset/2"
CARD_FILE = "card.json"
DATA_FILE = "data.safetensors"
APART_FILE = "decoder.safetensors"  # of sets that do not decode by what they store alone; also the name of that asset
_MOST_BYTES = 2**63 - 1  # a file system's limit
LARGEST_CARD = 32 * 2**20  # bytes; wide tables with many categories stay far below


@dataclass(frozen=True)
class Fingerprint:
    """Of the training data: number of examples, SHA-256 over their content, and the name of what they are a part of."""

    rows: int = 0
    sha256: str = ""
    data: str = ""


@dataclass(frozen=True)
class TaskRecord:
    """The data that a set was distilled from, as far as a learner and a reader need it.

    Attributes:
        input_spec: of one decoded example.
        groups: names of the groups that items are budgeted for.
        preprocessing: how raw data became inputs.
        source: arguments that open the task again.
        fingerprint: of the training data.
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
    fingerprint: Fingerprint
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

    @property
    def nbytes(self) -> int:
        """Bytes that it takes. Raises `KeyError` for a dtype that is none."""
        return math.prod(self.shape) * DTYPES[self.dtype].itemsize


@dataclass(frozen=True)
class RecipeFacts:
    """What readers take from a recipe, which may be another's; `size` is a budget in one unit: {"per_class": 10};
    `changes` are dotted, as of a configuration."""

    method: str = "unknown"
    seed: int | None = None
    size: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)


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
        evaluations: results, appended as they come; `gradings` are what readers show of them.
        audits: results of other tools, which are kept as they are.
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
    def within(self) -> int | None:
        """The bytes that it was made within; None: its budget was another."""
        size = self.facts.size.get("bytes")
        return size if isinstance(size, int) else None

    @cached_property
    def facts(self) -> RecipeFacts:
        """What the card's recipe says that readers use. Raises `ArtifactError` for wrong types."""
        names = [fact.name for fact in dataclasses.fields(RecipeFacts)]
        said = {name: self.recipe[name] for name in names if name in self.recipe}
        facts: RecipeFacts = _structured(said, RecipeFacts, "card.recipe")
        return facts

    @property
    def gradings(self) -> tuple[Grading, ...]:
        """The evaluations of this set on its data, and those of older versions, which do not say of what they are."""
        return tuple(grading for grading in self._every_grading if self._is_own(grading))

    @property
    def others(self) -> int:
        """Number of evaluations that are of another set or of other data."""
        return len(self._every_grading) - len(self.gradings)

    def _is_own(self, grading: Grading) -> bool:
        of = grading.bound_to
        return of is None or (self.sha256 in of.sets and of.train == self.task.fingerprint.sha256)

    @cached_property
    def _every_grading(self) -> tuple[Grading, ...]:
        metrics = self.task.target.metrics
        return tuple(grading_of(one, metrics, f"card.evaluations[{n}]") for n, one in enumerate(self.evaluations))


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
    return parsed(path, text)


def parsed(path: Path, text: bytes) -> Card:
    """The checked card in a file's text. Raises `ArtifactError` as `read_card`."""
    try:
        content = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path} is not well-formed JSON ({error}): it is truncated or altered") from error
    content = _in_present_schema(path, content)
    try:
        card: Card = _structured(content, Card, "card")
        _check(card)
    except ArtifactError as error:
        raise ArtifactError(f"{path} does not describe a set: {error}") from error
    return card


def _check(card: Card) -> None:
    """Raises `ArtifactError` where what a card says does not hold together: bytes, results, the facts of its recipe."""
    cost, files = _cost(card.tensors), card.task.footprint.files
    if cost.total > _MOST_BYTES or not 0 <= card.task.fingerprint.rows <= _MOST_BYTES:
        raise ArtifactError("its tensors or the rows of its data are no number of bytes or rows")
    if card.budget != cost:
        raise ArtifactError(f"card.budget is {card.budget}, its tensors take {cost}")
    if files is not None and not 0 < files <= _MOST_BYTES:
        raise ArtifactError("card.task.footprint.files is no number of bytes")
    _ = card.facts, card.gradings  # which are read when they are asked for


def _cost(tensors: tuple[TensorRecord, ...]) -> Budget:
    """What stored tensors take, as `SyntheticSet.nbytes` counts them."""
    totals = dict.fromkeys(("codec", "labels", "log_rates", "weights"), 0)
    for tensor in tensors:
        part = tensor.name.partition("/")[0]
        if tensor.dtype not in DTYPES:
            raise ArtifactError(f"tensor {tensor.name!r:.60} has dtype {tensor.dtype!r:.60}, which is none")
        if part in totals:
            totals[part] += tensor.nbytes
    return Budget(totals["codec"], totals["labels"], totals["log_rates"] + totals["weights"])


def _structured(content: Any, kind: Any, where: str) -> Any:
    try:
        return _CONVERTER.structure(content, kind)
    except (cattrs.BaseValidationError, ValueError, TypeError, AttributeError) as error:
        raise ArtifactError(faults(error, where)) from error


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


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


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
    converter.register_structure_hook_func(lambda kind: kind == Target, _structure_target)
    of_spec = override(struct_hook=lambda value, _: spec_from(value), unstruct_hook=plain_spec)
    read = make_dict_structure_fn(TaskRecord, converter, _cattrs_forbid_extra_keys=True, input_spec=of_spec)
    converter.register_structure_hook(TaskRecord, read)
    brief = make_dict_unstructure_fn(Fingerprint, converter, data=override(omit_if_default=True))
    converter.register_unstructure_hook(Fingerprint, brief)
    converter.register_unstructure_hook_func(lambda kind: kind == Target, _unstructure_target)
    converter.register_unstructure_hook(TaskRecord, make_dict_unstructure_fn(TaskRecord, converter, input_spec=of_spec))
    return converter


_CONVERTER = _converter()
