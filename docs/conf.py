"""The documentation: notebooks, executed, and the reference of the library and the command line."""

import os
import re
import shutil
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

HERE = Path(__file__).parent
GENERATED = ("notebooks", "generated")  # made here at every build, and not committed

project = "multigan"
author = "The multigan authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
html_theme = "furo"
html_title = "multigan"
default_role = "code"  # docstrings write `name`, as Markdown does
exclude_patterns = ["_build", "images"]
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_use_ivar = True
napoleon_custom_sections = [("Source", "notes_style")]

# `cache` executes a notebook only if it has changed; `off` builds the pages alone.
nb_execution_mode = os.environ.get("MULTIGAN_DOCS_EXECUTE", "cache")
nb_execution_timeout = 600
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_merge_streams = True
# Pages are read without a kernel and without a network: not the widget, but what it left.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]


def _copy_notebooks() -> None:
    folder = HERE / "notebooks"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE.parent / "notebooks", folder)


def _write_command_line() -> None:
    from multigan.cli import make_parser

    os.environ["COLUMNS"] = "96"  # of argparse's help
    parts = ["# The command line\n"]
    for parser in _parsers(make_parser()):
        parts.append(f"## `{parser.prog}`\n\n```text\n{parser.format_help()}```\n")
    folder = HERE / "generated"
    folder.mkdir(exist_ok=True)
    (folder / "cli.md").write_text("\n".join(parts), encoding="utf-8")


def _parsers(parser: ArgumentParser) -> list[ArgumentParser]:
    below = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    return [
        parser,
        *(p for action in below for one in action.choices.values() for p in _parsers(one)),
    ]


def setup(app: Sphinx) -> None:
    """Lets docstrings write shapes, (B, *S), which reStructuredText would take for emphasis."""
    app.connect("autodoc-process-docstring", _escape_shapes)


def _escape_shapes(*event: Any) -> None:
    lines: list[str] = event[-1]
    for number, line in enumerate(lines):
        parts = line.split("`")
        parts[::2] = [re.sub(r"\*(?=[A-Z]\b)", r"\\*", part) for part in parts[::2]]
        lines[number] = "`".join(parts)


_copy_notebooks()
_write_command_line()
