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
    {"typed", "files", "compat", "heap", "local_models", "sound"},
    {"registry"},
    {"config"},
    {"core"},
    {"music", "oracle", "tokenizers"},
    {"modalities", "data", "metrics", "latents"},
    {"kits", "pipelines"},
    {"assemble", "runs", "evaluators"},
    {"environment", "evaluation", "report"},
    {"session", "synthesis", "inspection"},
    {"recipes", "forking"},
    {"trainers", "experiments", "healing"},
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
        assert imported <= {"core", "errors", "registry", "typed", "files"}, path


@pytest.mark.parametrize("module", ["multigan", "multigan.cli", "multigan.core.run"])
def test_importing_costs_no_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_public_name_is_there():
    for name in multigan.__all__:
        assert getattr(multigan, name) is not None
    with pytest.raises(AttributeError):
        _ = multigan.nothing
    assert set(multigan.__all__) <= set(dir(multigan))
