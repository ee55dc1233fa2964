"""How the pages of this folder become a site: `make site`."""

from __future__ import annotations

from condenset import __version__

project = "condenset"
version = release = __version__
extensions = [
    "sphinx_external_toc",  # the navigation stands in _toc.yml, so that the pages stay plain Markdown
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
external_toc_path = "_toc.yml"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # they have tests of their own, and data that not everybody has
nb_execution_raise_on_error = True
nb_execution_timeout = 900  # seconds of a cell

default_role = "py:obj"  # docstrings name things between single backticks; what is public becomes a link
napoleon_use_ivar = True
strip_signature_backslash = True
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = "condenset"
html_show_copyright = False
