"""Graphs in one text file, as DGCNN (Zhang et al., AAAI 2018) and GIN (Xu et al., ICLR 2019) have the TU collection.

The first line is the number of graphs. A graph is a line `nodes label`, then a line for each node: its tag, the number
of its neighbours, their numbers from 0 on, and perhaps numbers that describe the node.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int

from condenset.core.errors import DataError
from condenset.core.untrusted_file import read_regular
from condenset.tasks.graphs.raw import RawGraphs

_LARGEST = 2**31  # of a number that is no mistake


def read_text_file(path: Path) -> RawGraphs:
    """The graphs of a file. Raises `DataError` for what does not follow the format, with its line."""
    content = read_regular(path)
    return parsed(content.decode("utf-8", "replace"), path.name, path.stem.lower(), len(content))


def looks_like_graphs(head: str) -> bool:
    """Whether the first lines of a text are a number of graphs, nodes and label of the first, and its first node."""
    lines = [line.split() for line in head.splitlines()[:3]]
    if len(lines) < 3 or len(lines[0]) != 1 or len(lines[1]) != 2 or len(lines[2]) < 2:
        return False
    numbers = [*lines[0], *lines[1], *lines[2][:2]]
    return all(number.lstrip("-").isdecimal() for number in numbers) and len(lines[2]) >= 2 + int(lines[2][1])


def parsed(text: str, called: str, name: str, files: int | None = None) -> RawGraphs:
    """The graphs of a text. Args: called, in messages; name, of the task; files, bytes of the file."""
    lines = [line.split() for line in text.rstrip().splitlines()]
    (count,) = _whole(lines, 0, 1, called, "the number of graphs")
    heads, nodes, place = [], [], 1
    for number in range(count):
        size, label = _whole(lines, place, 2, called, f"the nodes and the label of graph {number + 1}")
        if not 0 <= size < len(lines) - place:
            raise DataError(
                f"{called} says {size} nodes for graph {number + 1} in line {place + 1} and ends after "
                f"{len(lines) - place - 1} of them: it is cut off, or the number is wrong"
            )
        heads.append((size, label))
        nodes += [_node(lines, place + 1 + node, size, place + 1, called) for node in range(size)]
        place += 1 + size
    if place < len(lines):
        raise DataError(
            f"{called} says {count} graphs, which end in line {place}, and has {len(lines)} lines: correct the number "
            "of graphs, or of their nodes"
        )
    sizes, labels = np.array(heads, dtype=np.int64).reshape(-1, 2).T
    tags = np.array([node.tag for node in nodes], dtype=np.int64)
    numbers = _attributes([node.numbers for node in nodes], called)
    return RawGraphs(name, sizes, _joint(nodes, sizes), pd.Series(labels, name="label"), tags, numbers, files)


class _Node(NamedTuple):
    tag: int
    neighbours: list[int]
    numbers: list[str]


def _joint(nodes: Sequence[_Node], sizes: Int[np.ndarray, " graphs"]) -> Int[np.ndarray, "2 edges"]:
    """Edges between nodes that are counted over all graphs."""
    starts = np.repeat(sizes.cumsum() - sizes, sizes)
    degrees = [len(node.neighbours) for node in nodes]
    within = np.array([each for node in nodes for each in node.neighbours], dtype=np.int64)
    return np.stack([np.repeat(np.arange(len(nodes)), degrees), within + np.repeat(starts, degrees)])


def _node(lines: Sequence[list[str]], place: int, size: int, head: int, called: str) -> _Node:
    """The node of a line. Args: size, nodes of its graph, whose line is `head`, from 1."""
    tag, degree = _whole(lines, place, 2, called, f"the tag and the neighbours of a node of the graph of line {head}")
    row = lines[place]
    return _Node(tag, _neighbours(row[2 : 2 + degree], degree, size, place + 1, called), row[2 + degree :])


def _whole(lines: Sequence[list[str]], place: int, least: int, called: str, what: str) -> list[int]:
    """The first whole numbers of a line. Raises `DataError` where there are fewer."""
    row = lines[place] if place < len(lines) else []
    try:
        if len(row) < least:
            raise ValueError
        numbers = [int(text) for text in row[:least]]
        if max(map(abs, numbers)) > _LARGEST:
            raise ValueError
        return numbers
    except ValueError as error:
        found = f"has {' '.join(row)[:40]!r}" if place < len(lines) else "is not there"
        raise DataError(f"line {place + 1} of {called} {found}: expected {what}") from error


def _neighbours(row: Sequence[str], degree: int, size: int, line: int, called: str) -> list[int]:
    if len(row) != degree:
        raise DataError(f"line {line} of {called} says {degree} neighbours and lists {len(row)}: correct the number")
    try:
        numbers = [int(text) for text in row]
    except ValueError as error:
        raise DataError(f"line {line} of {called} lists neighbours {' '.join(row)[:40]!r}: expected numbers") from error
    wrong = [number for number in numbers if not 0 <= number < size]
    if wrong:
        raise DataError(
            f"line {line} of {called} has an edge to node {wrong[0]}, and its graph has nodes 0 to {size - 1}: "
            "correct it"
        )
    return numbers


def _attributes(rows: Sequence[list[str]], called: str) -> np.ndarray | None:
    widths = sorted({len(row) for row in rows})
    if widths == [0]:
        return None
    if len(widths) > 1:
        raise DataError(f"nodes of {called} have {widths[0]} to {widths[-1]} numbers: expected as many for every node")
    try:
        return np.array(rows, dtype=np.float32)
    except ValueError as error:
        raise DataError(f"{called} describes nodes by what is no number ({error}): expected numbers") from error
