"""What `multigan doctor` looks at.

Imports that may fail are tried in processes of their own.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from multigan.imports.versions import installed_version

State = Literal["ok", "installed", "unknown", "missing", "broken"]

PATIENCE_SECONDS = 120
LITTLE_DISK = 2 * 2**30
GUARD = "import multigan.imports.torchaudio_guard; multigan.imports.torchaudio_guard.install(); "
OPTIONAL = {
    "datasets": "data",
    "pyarrow": "data",
    "soundfile": "audio",
    "ipywidgets": "notebook",
    "jupyterlab": "lab",
}
TORCH = """
import json, torch
mps = torch.backends.mps.is_available()
cuda = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
print(json.dumps({"version": torch.__version__, "cuda": torch.version.cuda, "devices": cuda,
                  "mps": mps, "threads": torch.get_num_threads()}))
"""
BFLOAT16 = (
    GUARD
    + """
from multigan.core.half_precision import smallest_case_is_sound
print(smallest_case_is_sound())
"""
)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        state: "ok" if it was tried; "installed" if it is there, and was not tried; "unknown";
            "missing" if only some features need it; "broken" if it should be mended.
        found: What was found.
        remedy: What to do, where something is to be done.
        core: Whether nothing works without it.
    """

    name: str
    state: State
    found: str
    remedy: str = ""
    core: bool = False


@dataclass(frozen=True)
class ProbeResult:
    """What came of a program: its last line of output, or of its error."""

    well: bool
    said: str


def examine(runs: Path) -> list[Check]:
    """Looks at everything; the slow looks, imports, at the same time."""
    programs = {
        "torch": TORCH,
        "bfloat16": BFLOAT16,
        "torchaudio": "import torchaudio",
        "torchaudio, guarded": GUARD + "import torchaudio",
        "transformers": GUARD + "from transformers import ClapModel",
    }
    with ThreadPoolExecutor(len(programs)) as pool:
        tried = dict(zip(programs, pool.map(attempt, programs.values()), strict=True))
    return [
        _python(),
        *_torch(tried["torch"]),
        _bfloat16(tried["bfloat16"]),
        _torchaudio(tried["torchaudio"], tried["torchaudio, guarded"]),
        _transformers(tried["transformers"]),
        *(_optional(package, extra) for package, extra in OPTIONAL.items()),
        _writable(runs),
        _disk(runs),
        _memory(),
    ]


def attempt(program: str) -> ProbeResult:
    """Runs a program in a Python of its own and returns the last thing it said."""
    try:
        ended = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return ProbeResult(False, f"no answer within {PATIENCE_SECONDS} s")
    well = ended.returncode == 0
    lines = (ended.stdout if well else ended.stderr).strip().splitlines()
    return ProbeResult(well, lines[-1] if lines else f"exit code {ended.returncode}")


def _python() -> Check:
    return Check("Python", "ok", f"{platform.python_version()} on {platform.platform()}", core=True)


def _torch(tried: ProbeResult) -> list[Check]:
    if not tried.well:
        remedy = "Install it again: pip install --force-reinstall torch"
        return [Check("torch", "broken", tried.said, remedy, core=True)]
    facts = json.loads(tried.said)
    build = f"CUDA {facts['cuda']}" if facts["cuda"] else "CPU"
    found = f"{facts['version']}, built for {build}, {facts['threads']} threads"
    return [Check("torch", "ok", found, core=True), _device(facts)]


def _device(facts: Mapping[str, object]) -> Check:
    devices = facts["devices"]
    if isinstance(devices, list) and devices:
        return Check("device", "ok", ", ".join(map(str, devices)))
    if facts["mps"]:
        return Check("device", "ok", "Apple GPU (mps)")
    if shutil.which("nvidia-smi") is None:
        return Check("device", "ok", f"CPU, {os.cpu_count()} cores")
    remedy = (
        "This torch has no CUDA: install one that has, see pytorch.org/get-started."
        if facts["cuda"] is None
        else f"Update the NVIDIA driver so that it knows CUDA {facts['cuda']}."
    )
    return Check("device", "broken", "an NVIDIA GPU that torch does not see", remedy)


def _bfloat16(tried: ProbeResult) -> Check:
    if not tried.well:
        remedy = "Train in float32, the default."
        return Check("bfloat16", "unknown", f"could not be tried: {tried.said}", remedy)
    if tried.said == "True":
        return Check("bfloat16", "ok", "the convolution that fails on some CPUs works")
    remedy = (
        "Nothing for multigan, which tries every convolution first and runs those in float32. "
        "Let other programs compute in float32."
    )
    return Check("bfloat16", "broken", "this CPU's convolutions are wrong for some shapes", remedy)


def _torchaudio(plain: ProbeResult, guarded: ProbeResult) -> Check:
    found = installed_version("torchaudio")
    if found is None:
        return _missing("torchaudio", "audio")
    if plain.well:
        return Check("torchaudio", "ok", found)
    if guarded.well:
        text = f"{found}, without its compiled extension, which does not load: {plain.said}"
        remedy = "Nothing for multigan. Other programs can import multigan first."
        return Check("torchaudio", "ok", text, remedy)
    remedy = "Install the torchaudio that was made for this torch, or remove it."
    return Check("torchaudio", "broken", f"{found}: {guarded.said}", remedy)


def _transformers(tried: ProbeResult) -> Check:
    found = installed_version("transformers")
    if found is None:
        return _missing("transformers", "text")
    if tried.well:
        return Check("transformers", "ok", found)
    remedy = "Install it again: pip install --upgrade --force-reinstall 'multigan[text]'"
    return Check("transformers", "broken", f"{found}: {tried.said}", remedy)


def _optional(package: str, extra: str) -> Check:
    found = installed_version(package)
    return Check(package, "installed", found) if found else _missing(package, extra)


def _missing(package: str, extra: str) -> Check:
    remedy = f"If you want it: pip install 'multigan[{extra}]'"
    return Check(package, "missing", "not installed", remedy)


def _writable(runs: Path) -> Check:
    folder = _existing(runs)
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Check("runs folder", "ok", f"{runs} can be written", core=True)
    remedy = "Name another one: multigan train ... --out FOLDER"
    return Check("runs folder", "broken", f"{folder} cannot be written", remedy, core=True)


def _disk(runs: Path) -> Check:
    free = shutil.disk_usage(_existing(runs)).free
    found = f"{free / 2**30:.1f} GiB free"
    if free >= LITTLE_DISK:
        return Check("disk", "ok", found)
    return Check("disk", "broken", found, "Delete old runs: multigan runs delete RUN")


def _memory() -> Check:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return Check("memory", "unknown", "this system does not say")
    return Check("memory", "ok", f"{total / 2**30:.1f} GiB")


def _existing(folder: Path) -> Path:
    """Returns the folder, or the nearest one above it that is there."""
    return next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.exists()
    )
