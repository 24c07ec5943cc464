"""What a run ran on: versions, device and data, so that its numbers can be placed later."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from multigan.core.engine import Engine
from multigan.data.loaded import Loaded
from multigan.imports.versions import installed_version

PACKAGES = ("multigan", "torch", "numpy", "pillow", "safetensors")


def describe_environment(
    engine: Engine, data: Loaded, command: str = "", *, speed: str = "eager"
) -> dict[str, Any]:
    """Returns what environment.json holds. Names of people and machines are left out."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: found for name in PACKAGES if (found := installed_version(name))},
        "device": str(engine.device),
        "device_name": _device_name(engine.device),
        "precision": engine.precision,
        "deterministic": engine.deterministic,
        "speed": speed,
        "processes": engine.world_size,
        "threads": torch.get_num_threads(),
        "commit": _commit(),
        "command": command or " ".join(sys.argv),
        "data": data.report.to_json() | {"fingerprint": data.fingerprint},
    }


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return platform.processor() or platform.machine()


def _commit() -> str | None:
    """Returns the commit of the project that the run is started in, if it is under git."""
    try:
        command = ["git", "rev-parse", "HEAD"]
        found = subprocess.run(command, capture_output=True, text=True, timeout=5, cwd=Path.cwd())
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
