"""What several commands take from the command line: the data, the budget, lists of names, bytes, durations."""

from __future__ import annotations

import math
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import astuple, dataclass, field, fields, make_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from tyro.conf import DisallowNone, FlagCreatePairsOff, UseAppendAction, arg
from tyro.constructors import PrimitiveConstructorSpec

from condenset.core.errors import BudgetError, RequestError
from condenset.core.registries import MODALITIES

if TYPE_CHECKING:
    from condenset.core.budget import Size
    from condenset.core.execution import Executor
    from condenset.run.distill import Conditions

_POWERS = {"": 1, "b": 1} | {
    f"{letter}{end}": base**power
    for power, letter in enumerate("kmgt", start=1)
    for end, base in (("b", 1000), ("ib", 1024), ("", 1000))
}
_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def bytes_of(text: str) -> int:
    """A number of bytes, as in "50000", "20kB" or "2GiB". Raises `ValueError`."""
    return int(_amount(text.strip(), _POWERS, "a size such as 50000, 20kB or 2GiB"))


def seconds_of(text: str) -> float:
    """Seconds, as in "90", "10m" or "1.5h". Raises `ValueError`."""
    return _amount(text.strip(), _SECONDS, "a time such as 90s, 10m or 1.5h")


def names_of(text: str) -> tuple[str, ...]:
    """Names between commas, where a name may carry fields, and a field a name: "mlp,convnet:width=32,depth=2" is two
    names, "dm:steps=9,network=convnet:width=32" one."""
    names: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if names and ":" in names[-1] and "=" in part.partition(":")[0]:
            names[-1] += f",{part}"
        else:
            names.append(part)
    return tuple(names)


def counts_of(text: str) -> tuple[int, ...]:
    """Whole numbers between commas. Raises `ValueError`."""
    return tuple(int(part) for part in text.split(","))


def byte_counts_of(text: str) -> tuple[int, ...]:
    """Numbers of bytes between commas. Raises `ValueError`."""
    return tuple(bytes_of(part) for part in text.split(","))


def _amount(text: str, units: dict[str, int], expected: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", text)
    if match is None or match[2].lower() not in units:
        raise ValueError(f"{text!r} is not {expected}")
    return float(match[1]) * units[match[2].lower()]


def _read_by(read: Callable[[str], Any], metavar: str) -> PrimitiveConstructorSpec[Any]:
    def shown(value: Any) -> list[str]:
        return [",".join(map(str, value)) if isinstance(value, tuple) else str(value)]

    def fits(value: Any) -> bool:
        return not isinstance(value, str)

    return PrimitiveConstructorSpec(1, metavar, lambda given: read(given[0]), fits, shown)


Bytes = Annotated[int, _read_by(bytes_of, "BYTES")]
Seconds = Annotated[float, _read_by(seconds_of, "TIME")]
Names = Annotated[tuple[str, ...], _read_by(names_of, "A,B")]
Counts = Annotated[tuple[int, ...], _read_by(counts_of, "K,K")]
ByteCounts = Annotated[tuple[int, ...], _read_by(byte_counts_of, "BYTES,BYTES")]
Precision = Annotated[Literal["auto", "float32", "bfloat16"], arg(metavar="BITS")]
Device = Annotated[str, arg(metavar="DEVICE")]
Flag = FlagCreatePairsOff[bool]  # --fair alone, without --no-fair, or the other way round
Changes = Annotated[UseAppendAction[tuple[str, ...]], arg(name="set", metavar="A.B=C")]


def changes_of(texts: Sequence[str]) -> dict[str, Any]:
    """Dotted changes to a recipe; values read as in TOML, and as plain text where that fails. Raises `RequestError`."""
    changes: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise RequestError(f"cannot read --set {text}: write --set name=value, as in --set objective.per_group=64")
        try:
            changes[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[key.strip()] = value.strip()
    return changes


@dataclass(frozen=True)
class Output:
    """How a command answers.

    Attributes:
        json: print one JSON object on standard output, for errors too.
        debug: show the traceback of an error.
    """

    json: Flag = False
    debug: Flag = False


class Opening:
    """What was said of how the data are opened; each kind of data declares what it can be told."""

    def given(self) -> dict[str, Any]:
        """By the names that opening the data knows; what was not said is left out."""
        options = _options()
        said = {options[name].get("parameter") or name: getattr(self, name) for name in self._said()}
        return {str(name): list(value) if isinstance(value, tuple) else value for name, value in said.items()}

    def flags(self) -> list[str]:
        """What was said, as it was written."""
        return [_flag(f"no_{name}" if getattr(self, name) is False else name) for name in self._said()]

    def _said(self) -> list[str]:
        return [name for name, option in _options().items() if getattr(self, name) != _annotation(option)[1]]


def _options() -> dict[str, dict[str, Any]]:
    """What all kinds of data declare, by name; one that several have is one option."""
    kind = {"name": "task", "kind": "text", "metavar": "KIND", "help": "kind of data, where it is not recognised right"}
    options: dict[str, dict[str, Any]] = {"task": kind | {"of": list(MODALITIES.names())}}
    for modality in MODALITIES.names():
        for option in MODALITIES.declared(modality).get("options", ()):
            fields = dict(zip(("name", "kind", "help", "metavar", "parameter"), option[""], strict=False)) | option
            known = options.setdefault(str(fields["name"]), fields | {"of": []})
            known["of"].append(str(MODALITIES.declared(modality).get("items", modality)))
    return options


def _annotation(option: Mapping[str, Any]) -> tuple[Any, Any]:
    """The type of an option's field, and what stands where nothing is said."""
    kind, metavar = option["kind"], option.get("metavar") or None
    named = {} if metavar is None else {"metavar": metavar}
    if kind == "flag":
        return Flag, False
    if kind == "switch":
        return Annotated[bool | None, DisallowNone], None  # which makes it a pair of flags
    if kind == "names":
        return Names, ()
    if kind == "bytes":
        return Annotated[Bytes | None, arg(metavar="BYTES")], None
    plain = {"text": str, "whole": int, "share": float}.get(kind) or Literal[tuple(kind.split("|"))]
    return Annotated[plain | None, arg(**named)], None


def _help(option: Mapping[str, Any]) -> str:
    """What an option is, after what there is to choose from."""
    choices = " or ".join(option["kind"].split("|")) + ": " if "|" in option["kind"] else ""
    return f"{choices}{option['help']}"


def _composed() -> type[Opening]:
    """A dataclass with a field for every option."""
    options = _options()
    typed = ((name, *_annotation(option)) for name, option in options.items())
    made = make_dataclass(
        "DataOptions",
        [(name, kind, field(default=plain)) for name, kind, plain in typed],
        bases=(Opening,),
        frozen=True,
    )
    told = [f"    {name}: {_help(option)} ({', '.join(option['of'])})." for name, option in options.items()]
    made.__doc__ = "\n".join(["How the data are opened; each kind of data has its own.", "", "Attributes:", *told])
    made.__module__ = __name__
    return made


if TYPE_CHECKING:
    DataOptions = Opening
else:
    DataOptions = _composed()


@dataclass(frozen=True)
class WorkerOptions:
    """Where tensors live, and where jobs run that do not need each other.

    Attributes:
        device: cpu, auto (the accelerator that is there), or one by its name, such as cuda:1.
        executor: local: in this process; processes: of this machine; ray: on the cluster that RAY_ADDRESS names, else
            on this machine.
        workers: jobs at a time; as many as there are processors when left out.
    """

    device: Device = "cpu"
    executor: Annotated[Literal["local", "processes", "ray", "torchrun"], arg(metavar="WHERE")] = "local"
    workers: Annotated[int | None, arg(metavar="N")] = None

    @contextmanager
    def opened(self) -> Iterator[Executor]:
        """The executor, whose workers end with the block. Raises `RequestError`."""
        from condenset.run.executors import opened

        if self.workers is not None and (self.executor in ("local", "torchrun") or self.workers < 1):
            raise RequestError(
                f"--workers {self.workers} with the executor {self.executor}: give at least one, and --executor "
                "processes or ray"
            )
        if self.executor == "ray" and self.device != "cpu":
            raise RequestError(
                f"--device {self.device} with the executor ray, whose workers are given no accelerator: take "
                "--executor torchrun or local"
            )
        # Ray says on standard output what happens to workers, and that is for the answer alone.
        with redirect_stdout(sys.stderr), opened(self.executor, self.workers) as executor:
            yield executor


@dataclass(frozen=True)
class SizeOptions:
    """The budget, in one of these units.

    Attributes:
        per_class: items per class, or per bin of a number.
        size: items in all.
        bytes: bytes of data and labels in all.
        ratio: fraction of the training examples; of a graph, as papers count, of all nodes that training sees.
    """

    per_class: Annotated[int | None, arg(metavar="K")] = None
    size: Annotated[int | None, arg(metavar="M")] = None
    bytes: Annotated[Bytes | None, arg(metavar="BYTES")] = None
    ratio: Annotated[float | None, arg(metavar="R")] = None

    def chosen(self) -> Size:
        """The budget. Raises `BudgetError` unless exactly one unit is given."""
        from condenset.core.budget import Size

        given = self.flags()
        if len(given) != 1:
            units = ", ".join(_flag(field.name) for field in fields(self))
            raise BudgetError(f"a budget is exactly one of {units}: got {', '.join(given) or 'none'}")
        (value,) = filter(lambda value: value is not None, astuple(self))
        if not 0 < value < math.inf:
            raise BudgetError(f"{given[0]} {value} is an empty or endless budget: ask for more than 0")
        return Size(self.per_class, self.size, self.bytes, self.ratio)

    def flags(self) -> list[str]:
        """The units that were given, as they were written."""
        return [_flag(field.name) for field in fields(self) if getattr(self, field.name) is not None]


@dataclass(frozen=True)
class LimitOptions:
    """What a run may take.

    Attributes:
        max_memory: keep a pool of networks within it, and refuse a run that needs more all the same, such as 2GiB; one
            that comes to take more stops, and can be resumed.
        max_time: refuse a run that would take longer, such as 10m; one that does all the same stops, likewise.
        max_disk: keep what the data say under each network for runs to come, in a cache of this size, such as 2GiB.
        checkpoint_every: time between checkpoints.
    """

    max_memory: Annotated[Bytes | None, arg(metavar="BYTES")] = None
    max_time: Annotated[Seconds | None, arg(metavar="TIME")] = None
    max_disk: Annotated[Bytes, arg(metavar="BYTES")] = 0
    checkpoint_every: Annotated[Seconds, arg(metavar="TIME")] = 10.0

    @contextmanager
    def met_by(self, workers: WorkerOptions) -> Iterator[Conditions]:
        """Conditions of a run by these workers, which end with the block. Raises `RequestError`."""
        from condenset.run.device import named_device
        from condenset.run.distill import Conditions

        limits = self.max_memory, self.max_time, self.checkpoint_every, self.max_disk
        with workers.opened() as executor:
            yield Conditions(*limits, named_device(workers.device), executor)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def size_text(size: Size) -> str:
    """A budget in words, as papers write it: "10 per class"."""
    if size.per_class is not None:
        return f"{size.per_class} per class"
    if size.items is not None:
        return f"{size.items} items"
    if size.per_group is not None:
        return f"{' + '.join(map(str, size.per_group))} items"
    return f"{size.bytes} bytes" if size.bytes is not None else f"{size.ratio:g} of the data"


def new_folder(data: str, method: str, size: Size, seed: int) -> Path:
    """The folder that a run gets when none is named, in the current one: digits-dm-1-per-class."""
    parts = [Path(data).stem or "data", method, size_text(size), *([f"seed {seed}"] if seed else [])]
    return Path(re.sub(r"[^\w.]+", "-", " ".join(parts)))
