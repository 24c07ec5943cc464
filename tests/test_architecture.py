"""Imports point down, and importing multigan is cheap."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import multigan

ROOT = Path(multigan.__file__).parent

# Lowest first. What shares a line does not import one another.
LAYERS = [
    {"errors"},
    {"registry", "files", "compat", "heap", "local_models", "sound"},
    {"plain"},
    {"config"},
    {"core"},
    {"music", "oracle", "tokenizers"},
    {"modalities", "data", "metrics", "latents"},
    {"kits", "pipelines"},
    {"assemble", "runs", "evaluators"},
    {"environment", "evaluation", "report"},
    {"session", "synthesis", "inspection"},
    {"recipes", "forking"},
    {"trainers", "experiments", "healing", "terminal"},
    {"cli"},
    {"notebook"},
]
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}


def imported_packages(source: str) -> set[str]:
    """Returns the second part of every `multigan.x` import, lazy imports included."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("multigan.")}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    package = path.relative_to(ROOT).parts[0].removesuffix(".py")
    if package.startswith("__"):
        return
    for other in imported_packages(path.read_text()) - {package}:
        assert RANK[other] < RANK[package], f"{package} must not import {other}"


def test_the_core_knows_no_modality():
    for path in (ROOT / "core").glob("*.py"):
        imported = imported_packages(path.read_text())
        assert imported <= {"core", "errors", "registry", "files"}, path


SLOW_TO_IMPORT = ("torch", "filelock", "jinja2", "rich")


@pytest.mark.parametrize("module", ["multigan", "multigan.cli", "multigan.core.steering"])
def test_importing_costs_next_to_nothing(module):
    code = f"import sys, {module}; sys.exit(str(set({SLOW_TO_IMPORT}) & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""


PARSERS = {"COMMANDS", "SUMMARY", "add_arguments"}  # what a command is, less what it does
COMMAND_MODULES = {"fork", "resume", "sample", "train"}


def names_of_cli(tree: ast.Module) -> set[str]:
    """Returns what a module takes from `multigan.cli`; a command's own names as `command.name`."""
    found, commands = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("multigan.cli")}
        elif isinstance(node, ast.ImportFrom) and node.module == "multigan.cli":
            names = {alias.name for alias in node.names}
            commands |= names & COMMAND_MODULES
            found |= names - COMMAND_MODULES
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("multigan.cli."):
            found |= set() if node.module == "multigan.cli.commands" else {node.module}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {node.attr} if node.value.id in commands else set()
    return found


def test_the_notebook_takes_nothing_but_parsers_of_the_command_line():
    files = sorted((ROOT / "notebook").rglob("*.py"))
    taken = {file.name: names_of_cli(ast.parse(file.read_text())) - PARSERS for file in files}
    assert {name: found for name, found in taken.items() if found} == {}
    assert names_of_cli(ast.parse("from multigan.cli import train\ntrain.run()")) == {"run"}
    assert names_of_cli(ast.parse("from multigan.cli.runs import turn")) == {"multigan.cli.runs"}


def test_every_public_name_is_there():
    for name in multigan.__all__:
        assert getattr(multigan, name) is not None
    with pytest.raises(AttributeError):
        _ = multigan.nothing
    assert set(multigan.__all__) <= set(dir(multigan))
