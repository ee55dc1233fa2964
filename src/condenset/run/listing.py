"""What there is, read from the source text: nothing heavy is imported, so a listing answers at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from condenset.core.offers import kinds_offering
from condenset.core.registries import CODECS, ENCODERS, FINISHES, LABELS, METHODS, MODALITIES, NETWORKS, STARTS
from condenset.core.registry import Registry
from condenset.core.reported import reported_by

Record = dict[str, Any]
_PACKAGE = Path(__file__).resolve().parents[1]
_VERDICTS = _PACKAGE.parents[1] / "docs" / "methods" / "verdicts.json"  # of a checkout; an installed package has none
_NAMED = ("signals", "sources", "objectives")


def methods() -> list[Record]:
    """Every method: name, family, paper, kinds of data, published numbers, and its best verdict or "unverified"."""
    records, statuses = [], _statuses()
    for name in METHODS.names():
        paper = METHODS.declared(name)
        record = {"name": name} | {key: paper.get(key) for key in ("family", "title", "venue", "year", "arxiv")}
        reported = [asdict(row) for row in reported_by(name, METHODS)]
        needs = paper.get("needs", [])
        status = {"needs": needs, "tasks": kinds_offering(needs), "status": statuses.get(name, "unverified")}
        records.append(record | status | {"reported": reported, "summary": METHODS.summary(name)})
    return records


def tasks() -> list[Record]:
    """Every kind of data: its defaults and the names of its datasets."""
    records = []
    for name in MODALITIES.names():
        declared = MODALITIES.declared(name)
        kept = {key: declared.get(key) for key in ("network", "kernel", "codec", "exam", "learners", "offers")}
        known = list(declared.get("datasets", ()))
        records.append({"name": name, "summary": MODALITIES.summary(name), **kept, "datasets": known})
    return records


def datasets() -> list[Record]:
    """Every dataset that is known by name."""
    return [
        {"name": name, "task": modality, "summary": summary}
        for modality in MODALITIES.names()
        for name, summary in MODALITIES.declared(modality).get("datasets", {}).items()
    ]


def exams() -> list[Record]:
    """Every exam: whose protocol, version and hash."""
    from condenset.evaluation.exam import exam_names, named_exam

    return [
        {"name": e.name, "version": e.version, "hash": e.hash, "repeats": e.repeats, "summary": e.summary}
        for e in map(named_exam, exam_names())
    ]


def networks() -> list[Record]:
    """Every architecture and what it reads."""
    return [
        {"name": name, "reads": NETWORKS.declared(name).get("reads", []), "summary": NETWORKS.summary(name)}
        for name in NETWORKS.names()
    ]


def parts() -> list[Record]:
    """Every exchangeable part of a recipe."""
    registries = [CODECS, LABELS, STARTS, FINISHES, ENCODERS]
    registries += [
        Registry(package, defined, "part", plugins=False)  # recipes hold these, no name asks for one
        for package in _NAMED
        for module in sorted((_PACKAGE / package).glob("[a-z]*.py"))
        for defined in (module.stem.title().replace("_", ""), module.stem)
    ]
    records = [
        {"kind": registry.package, "name": name, "summary": registry.summary(name)}
        for registry in registries
        for name in registry.names()
        if name != registry.package.removesuffix("s")  # what every part of a kind shares
    ]
    return sorted(records, key=lambda record: (record["kind"], record["name"]))


LISTINGS: dict[str, Callable[[], list[Record]]] = {
    "methods": methods,
    "tasks": tasks,
    "datasets": datasets,
    "exams": exams,
    "networks": networks,
    "parts": parts,
}


def citation(method: Record) -> str:
    """A BibTeX entry of a method's paper."""
    fields = {"title": method["title"], "booktitle": method["venue"], "year": str(method["year"])}
    if method["arxiv"]:
        fields |= {"eprint": method["arxiv"], "archiveprefix": "arXiv"}
    lines = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items())
    return f"@inproceedings{{{method['name']}{method['year']},\n{lines}}}"


def _statuses() -> dict[str, str]:
    """Every recorded method's best verdict, verified or partial, as `make docs` last derived it."""
    verdicts: dict[str, str] = json.loads(_VERDICTS.read_text(encoding="utf8")) if _VERDICTS.exists() else {}
    return {method: verdict for method, verdict in verdicts.items() if verdict in ("verified", "partial")}
