"""Registers a device guard that does nothing for CUDA, where torch was built without it."""

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import torch

SOURCE = Path(__file__).with_name("guard.cpp")
DEVICES = 4  # autograd counts them once in a process


def can_pretend() -> str:
    """Returns "" if a GPU can be pretended here, else why not."""
    if torch.version.cuda or torch.version.hip:
        return "this torch was built for a GPU"
    return "" if shutil.which("g++") else "there is no g++"


def register() -> None:
    """Registers the guard; call it before the process's first backward pass.

    Raises:
        RuntimeError: It is not possible here.
    """
    if why := can_pretend():
        raise RuntimeError(f"A GPU cannot be pretended: {why}.")
    ctypes.CDLL(str(_library())).pretend_register(DEVICES)


def _library() -> Path:
    """Returns the compiled guard, and compiles it if nobody has."""
    digest = hashlib.sha256(SOURCE.read_bytes() + torch.__version__.encode()).hexdigest()[:12]
    path = Path(tempfile.gettempdir()) / f"pretend-gpu-{digest}.so"
    if path.exists():
        return path
    root = Path(torch.__file__).parent
    abi = int(torch._C._GLIBCXX_USE_CXX11_ABI)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        command = ["g++", "-O1", "-shared", "-fPIC", "-std=c++20", f"-I{root}/include"]
        command += [f"-D_GLIBCXX_USE_CXX11_ABI={abi}", str(SOURCE)]
        command += [f"-L{root}/lib", "-lc10", "-ltorch_cpu", "-o", str(made)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"The pretend GPU cannot be compiled: {done.stderr[-2000:]}")
        made.rename(path)
    return path
