"""A wheel, built and installed where there is no node, brings the extension along."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.browser.conftest import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

HOME = "share/jupyter/labextensions/jupyterlab-multigan"


@pytest.fixture(scope="module")
def without_node(tmp_path_factory) -> dict[str, str]:
    """An environment in which `node` and `jlpm` only fail."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("node", "npm", "jlpm", "yarn"):
        (folder / name).write_text("#!/bin/sh\nexit 1\n")
        (folder / name).chmod(0o755)
    paths = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**paths, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, without_node) -> Path:
    """This tree's wheel."""
    source, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheels")
    for name in ("multigan", "extensions"):
        ignored = shutil.ignore_patterns("node_modules", "lib", "__pycache__")
        shutil.copytree(REPOSITORY / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", out, source]
    subprocess.run(pip, env=without_node, check=True)
    return next(out.glob("*.whl"))


def test_the_extension_lies_where_jupyterlab_looks_and_nowhere_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    data = [name.split(".data/data/")[1] for name in names if ".data/data/" in name]
    built = REPOSITORY / "multigan" / "labextension"
    files = [file.relative_to(built) for file in built.rglob("*") if file.is_file()]
    assert sorted(data) == sorted([f"{HOME}/install.json", *(f"{HOME}/{file}" for file in files)])
    assert not [name for name in names if name.startswith("multigan/labextension")]
    assert "multigan/notebook/static/dashboard.js" in names
    templates = [file.name for file in (REPOSITORY / "multigan").rglob("*.html.j2")]
    assert "report.html.j2" in templates
    assert sorted(templates) == sorted(n.split("/")[-1] for n in names if n.endswith(".html.j2"))


def test_jupyterlab_lists_the_installed_extension_as_enabled(wheel, without_node, tmp_path):
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel],
        env=without_node,
        check=True,
    )
    site = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})["purelib"]
    (Path(site) / "rest.pth").write_text(sysconfig.get_paths()["purelib"])  # JupyterLab itself
    listed = subprocess.run(
        [python, "-m", "jupyterlab.labextensions", "list"],
        env=without_node | {"JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(s for s in (listed.stdout + listed.stderr).splitlines() if "-multigan" in s)
    assert "enabled" in line
    assert "OK" in line
    assert "(python, multigan)" in line
