"""What a subject of damage is, and how those of a kind of data are made: its files, and a set of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from condenset.run.cli import main

Words = tuple[str, ...]
Commands = tuple[Words, ...]
_ONE = ("--method", "random", "--size", "3")
_SHORT = ("--methods", "random", "--baselines", "random", "--repeats", "1")  # what is legal is really trained on


@dataclass(frozen=True)
class Subject:
    """A folder to damage.

    Attributes:
        make: fills the empty current folder.
        read: the commands that read what is damaged, by the files' glob.
        slow: further ones, tried where one of those has refused: they take long for what is good.
        sealed: a file whose every change is refused by all that read it.
        result: the file that a command which succeeds must leave as it was made, beside it as `expected`.
    """

    make: Callable[[], None]
    read: Mapping[str, Commands]
    slow: Commands = ()
    sealed: str = ""
    result: str = ""


def told(*words: str) -> None:
    """A command that must succeed while subjects are made."""
    if code := main(list(words)):
        raise RuntimeError(f"condenset {' '.join(words)}: exit code {code}")


def of_data(make: Callable[[], None], data: str, damaged: str, *options: str) -> Subject:
    """Data that a command which opens them is given. Args: damaged, their glob; options, how they are opened."""
    reading = ("explain", data, *_ONE, *options), ("distill", data, *_ONE, *options, "--out", "made")
    few = ("--size", "3", *options)
    race = ("recommend", data, *few), ("compare", data, *_SHORT, "--out", "table", *options)
    return Subject(make, {damaged: reading}, race)


def of_set(
    make: Callable[[], None], *more: Words, exports: Words = ("npz",), of_the_card: Commands = (), others: Commands = ()
) -> Subject:
    """A set in the folder `set`.

    Args: more, commands that read its tensors; exports, formats; of_the_card, commands that read its card; others,
    those of its other files.
    """
    written = (("export", "set", "--to", to, "--out", f"out-{to}") for to in exports)
    shown: Commands = (("report", "set"), ("report", "set", "set"))
    of_tensors = (*shown, *written, *more)
    read = {"set/data.safetensors": of_tensors, "set/card.json": (*of_tensors, *of_the_card)}
    return Subject(
        make, {**read, "set/log.jsonl": shown, "set/*.toml": (*shown, *others)}, sealed="set/data.safetensors"
    )


def saved(make: Callable[[], None], data: str, *options: str) -> Callable[[], None]:
    """Makes data and a set of three of them."""

    def made() -> None:
        make()
        told("distill", data, *_ONE, *options, "--out", "set")

    return made
