"""A real JupyterLab with this tree's extension and code in it, and a real browser before it."""

import importlib.metadata
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REPOSITORY = Path(__file__).parents[2]
CHROMIUM = os.environ.get("MULTIGAN_CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--autoplay-policy=no-user-gesture-required",
]
SHOTS = os.environ.get("MULTIGAN_SHOTS")  # a folder for screenshots, for people to look at
START_SECONDS = 60
PATIENCE_MS = 60_000
SLUGGISH = float(os.environ.get("MULTIGAN_SLUGGISH", "1"))  # how much slower than an idle machine


class Lab(NamedTuple):
    """A running server.

    Attributes:
        url: Where it listens.
        token: What it wants to hear.
        work: Its root folder.
    """

    url: str
    token: str
    work: Path

    def address(self, path: str = "lab", query: str = "reset") -> str:
        return f"{self.url}/{path}?token={self.token}&{query}"


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[Lab]:
    """`jupyter lab` on loopback, with settings and workspaces of its own."""
    root = tmp_path_factory.mktemp("lab")
    yield from serve(root, "jupyterlab", "--LabApp.expose_app_in_browser=True")


def serve(root: Path, application: str, *arguments: str) -> Iterator[Lab]:
    """Runs a Jupyter application until the generator is closed."""
    work = root / "work"
    work.mkdir()
    token, port = secrets.token_hex(16), _free_port()
    command = [
        *(sys.executable, "-m", application, "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *("--LabApp.news_url=None", f"--ServerApp.root_dir={work}", *arguments),
    ]
    with (root / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, env=_environment(root), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            found = Lab(f"http://127.0.0.1:{port}", token, work)
            _wait_until_up(server, found, root / "server.log")
            yield found
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _environment(root: Path) -> dict[str, str]:
    """Returns an environment in which Jupyter finds this tree's build before any installed one."""
    extensions = root / "data" / "labextensions"
    extensions.mkdir(parents=True)
    built = REPOSITORY / "multigan" / "labextension"
    (extensions / "jupyterlab-multigan").symlink_to(built, target_is_directory=True)
    settings = root / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "MULTIGAN_CACHE": "cache",
    }
    paths = filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])
    return {
        **os.environ,
        **{name: str(root / folder) for name, folder in folders.items()},
        "PYTHONPATH": os.pathsep.join(paths),
        "JUPYTER_PREFER_ENV_PATH": "0",  # or what the virtual environment has would win
        "OMP_NUM_THREADS": "1",
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def _wait_until_up(server: subprocess.Popen, lab: Lab, log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS * SLUGGISH
    while time.monotonic() < give_up:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no Chromium: apt-get install chromium, or name one in MULTIGAN_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, request) -> Iterator[Any]:
    """An empty page of a browser without a past; an exception in it fails the test.

    A test that is marked `expects_page_error(text, ...)` lets those be.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS * SLUGGISH)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    marker = request.node.get_closest_marker("expects_page_error")
    assert not [error for error in errors if marker is None or error not in marker.args]


def _version(package: str) -> tuple[int, ...]:
    return tuple(int(part) for part in importlib.metadata.version(package).split(".")[:2])


# ipykernel 6 has no thread that hears a click while a cell runs, and JupyterLab 4.2 asks for none.
needs_subshells = pytest.mark.skipif(
    _version("ipykernel") < (7, 1) or _version("jupyterlab") < (4, 4),
    reason="needs a kernel and a page that talk while a cell runs",
)


@pytest.fixture
def shell(lab) -> Iterator[Any]:
    """Starts `multigan` commands in processes of their own, as a shell would, in the server's root.

    What they print goes to a file; whatever is still at work at the end is killed.
    """
    started: list[subprocess.Popen] = []

    def start(*arguments: object, folder: str = "") -> subprocess.Popen:
        where = lab.work / folder
        where.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
        with (lab.work.parent / "shell.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "multigan", *map(str, arguments)],
                cwd=where,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
