"""Switches the pretend GPU on: torch's names for devices, generators and memory stand for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from safetensors.torch import load_file
from torch.optim import optimizer

from multigan.core import draws, engine
from multigan.runs import checkpoint
from tests.pretend_gpu.cudnn import cudnn_layers
from tests.pretend_gpu.dispatch import PretendMode
from tests.pretend_gpu.guard import register
from tests.pretend_gpu.record import Record
from tests.pretend_gpu.state import STATE, Generator
from tests.pretend_gpu.tensor import TYPE, PretendTensor, as_tensor, tensor


@contextmanager
def pretend_gpu(devices: int = 1, *, float64: bool = True) -> Iterator[Record]:
    """Makes `torch.device("cuda")` usable in the block, and yields what happens there.

    Args:
        devices: How many there are.
        float64: Whether they have it; Apple's have not.
    """
    register()
    STATE.begin(devices, refuse_float64=not float64)
    random_state = ("manual_seed", "manual_seed_all", "get_rng_state", "set_rng_state")
    with ExitStack() as stack:
        for name, value in _cuda_functions().items():
            stack.enter_context(patch.object(torch.cuda, name, value, create=True))
            if name in random_state:
                stack.enter_context(patch.object(torch.cuda.random, name, value))
        generators = tuple(map(SeededGenerator, range(devices)))
        stack.enter_context(patch.object(torch.cuda, "default_generators", generators))
        stack.enter_context(patch.object(draws, "_seeded_devices", set()))  # of earlier devices
        if not float64:  # as the project says of Apple's GPUs
            stack.enter_context(patch.object(engine, "WITHOUT_FLOAT64", {"mps", TYPE}))
        stack.enter_context(patch.object(torch.Tensor, "pin_memory", _pin_memory))
        stack.enter_context(patch.object(torch, "Generator", PretendGenerator))
        stack.enter_context(patch.object(torch, "tensor", tensor))
        stack.enter_context(patch.object(torch, "as_tensor", as_tensor))
        foreach = [*optimizer._foreach_supported_types, PretendTensor]
        stack.enter_context(patch.object(optimizer, "_foreach_supported_types", foreach))
        stack.enter_context(patch.object(checkpoint, "load_file", _load_file))
        stack.enter_context(patch.object(threading.Thread, "_bootstrap_inner", _bootstrap))
        stack.callback(setattr, STATE, "pretending", False)
        stack.enter_context(cudnn_layers())
        stack.enter_context(PretendMode())
        yield STATE.record


class PretendGenerator:
    """Stands for torch.Generator: those "on cuda" are CPU generators that are known by number."""

    def __new__(cls, device: Any = "cpu") -> Any:
        made = Generator("cpu")
        if torch.device(device).type == TYPE:
            STATE.on_device[made._cdata] = made
        return made


class SeededGenerator:
    """The generator that a device's draws come from; knows whether it was ever seeded."""

    def __init__(self, index: int) -> None:
        self.index = index

    def manual_seed(self, seed: int) -> None:
        _seed([self.index], seed)


class Event:
    """Stands for an event or a stream: everything has happened already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def record(self, *args: Any) -> None: ...
    def wait_stream(self, other: Any) -> None: ...
    def wait_event(self, other: Any) -> None: ...

    def synchronize(self) -> None:
        STATE.record.wait("Event.synchronize")

    def query(self) -> bool:
        return True

    def elapsed_time(self, other: Any) -> float:
        return 1.0


def _cuda_functions() -> dict[str, Callable[..., Any]]:
    properties = SimpleNamespace(
        name="Pretend", major=9, minor=0, total_memory=STATE.memory, multi_processor_count=132
    )
    constants: dict[str, Any] = {
        "is_available": True,
        "get_device_name": "Pretend",
        "get_device_properties": properties,
        "get_device_capability": (9, 0),
        "mem_get_info": (STATE.memory, STATE.memory),
        **dict.fromkeys(("memory_allocated", "max_memory_allocated", "memory_reserved"), 0),
        "reset_peak_memory_stats": None,
        "empty_cache": None,
        "is_bf16_supported": True,
        "is_current_stream_capturing": False,
    }
    return {
        **{name: _constantly(value) for name, value in constants.items()},
        "device_count": lambda: STATE.count,
        "current_device": lambda: STATE.current,
        "set_device": _set_device,
        "is_initialized": lambda: STATE.initialized,
        "_lazy_init": _initialize,
        "init": _initialize,
        "manual_seed": lambda seed: _seed([STATE.current], seed),
        "manual_seed_all": lambda seed: _seed(range(STATE.count), seed),
        "get_rng_state": lambda device="cuda": STATE.generators[STATE.index(device)].get_state(),
        "set_rng_state": _set_state,
        "synchronize": lambda device=None: STATE.record.wait("torch.cuda.synchronize"),
        "Event": Event,
        "Stream": Event,
        "stream": lambda stream: nullcontext(),
        "current_stream": lambda device=None: Event(),
    }


def _constantly(value: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: value


def _set_device(device: Any) -> None:
    STATE.current = STATE.index(device)


def _initialize() -> None:
    STATE.initialized = True


def _seed(indices: Any, seed: int) -> None:
    for index in indices:
        STATE.generators[index].manual_seed(int(seed))
        STATE.seeded.add(index)


def _set_state(state: Any, device: Any = "cuda") -> None:
    STATE.generators[STATE.index(device)].set_state(state)


def _pin_memory(self: torch.Tensor, device: Any = None) -> torch.Tensor:
    if isinstance(self, PretendTensor):
        raise RuntimeError(f"cannot pin 'torch.cuda.{self.dtype}' only dense CPU tensors can be")
    return self.clone()


def _load_file(filename: Any, device: Any = "cpu") -> dict[str, torch.Tensor]:
    """Stands for safetensors' function, which knows devices by itself."""
    return {name: value.to(device) for name, value in load_file(filename).items()}


_bootstrap_plain = threading.Thread._bootstrap_inner


def _bootstrap(thread: threading.Thread) -> None:
    """Makes threads pretend, too."""
    with PretendMode():
        _bootstrap_plain(thread)
