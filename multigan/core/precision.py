"""In which numbers a step computes, and whether its libraries are asked to repeat themselves."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from multigan.errors import ConfigError, known

# What networks run in under autocast; None leaves them in float32.
PRECISIONS = {
    "float32": None,
    "tf32": None,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def check_precision(name: str, device: torch.device) -> list[str]:
    """Returns what a person should know of a precision on a device.

    Raises:
        ConfigError: There is no such precision.
    """
    known("precision", name, PRECISIONS)
    on_gpu = device.type == "cuda"
    if name == "tf32" and not (on_gpu and torch.cuda.get_device_capability(device)[0] >= 8):
        return ["tf32 is one of NVIDIA's GPUs since Ampere. This device computes in float32."]
    if name == "bfloat16" and on_gpu and torch.cuda.get_device_capability(device)[0] < 8:
        return ["This GPU only emulates bfloat16, which takes longer. Try --set precision=float16."]
    if name == "float16" and device.type == "mps":
        raise ConfigError("Apple's GPUs train in float32 or bfloat16 here, not in float16.")
    return []


@contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """Lets CUDA round the factors of products to 10 bits in the block, or not.

    PyTorch's own default is neither: convolutions are rounded, other products are not.
    """
    places = _places()
    before = [getattr(owner, name) for owner, name, _ in places]
    for owner, name, values in places:
        setattr(owner, name, values[allowed])
    try:
        yield
    finally:
        for (owner, name, _), value in zip(places, before, strict=True):
            setattr(owner, name, value)


def rounds_products() -> bool:
    """Whether CUDA rounds the factors of all products now."""
    return all(getattr(owner, name) == values[True] for owner, name, values in _places())


def _places() -> list[tuple[Any, str, tuple[Any, Any]]]:
    """Returns torch's switches: whose, their names, their values for exact and rounded products."""
    backends: Any = torch.backends
    if hasattr(backends.cuda.matmul, "fp32_precision"):  # torch 2.9 and later
        owners = (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn)
        return [(owner, "fp32_precision", ("ieee", "tf32")) for owner in owners]
    return [
        (owner, "allow_tf32", (False, True)) for owner in (backends.cuda.matmul, backends.cudnn)
    ]


@contextmanager
def deterministic(asked: bool) -> Iterator[None]:
    """Asks torch's libraries for algorithms that repeat themselves to the bit, in the block.

    Where there is none, torch warns and goes on.
    """
    if not asked:
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS is first used
    cudnn: Any = torch.backends.cudnn
    before = torch.are_deterministic_algorithms_enabled()
    only_warned = torch.is_deterministic_algorithms_warn_only_enabled()
    of_cudnn = cudnn.deterministic, cudnn.benchmark
    torch.use_deterministic_algorithms(True, warn_only=True)
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=only_warned)
        cudnn.deterministic, cudnn.benchmark = of_cudnn
