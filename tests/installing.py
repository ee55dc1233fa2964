"""Packages that are installed beside condenset: what an installer would write, without one and without a network."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

Points = Mapping[str, Mapping[str, str]]  # group -> name -> module


def install(site: Path, package: str, points: Points, files: Mapping[str, str] | None = None) -> None:
    """Make a package known in a folder that packages are imported from.

    Args: files, what it consists of, by their paths below `site`.
    """
    known = site / f"{package.replace('-', '_')}-0.1.0.dist-info"
    known.mkdir(parents=True)
    (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1.0\n")
    sections = ([f"[{group}]", *(f"{name} = {at}" for name, at in named.items())] for group, named in points.items())
    (known / "entry_points.txt").write_text("".join(f"{line}\n" for section in sections for line in section))
    for name, text in (files or {}).items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)


def install_project(site: Path, folder: Path) -> None:
    """Install a project folder, as its pyproject.toml says."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    for package in project["tool"]["setuptools"]["packages"]:
        shutil.copytree(folder / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    install(site, project["project"]["name"], project["project"]["entry-points"])
