"""Where a step runs: on which device, in which precision, in how many processes.

Several processes are started by `torchrun --nproc-per-node N -m multigan train ...`. Each works on
its rows of the global batch, and after every backward pass the gradients are averaged in one flat
message. That is all: there is no wrapper around the networks, so gradient penalties, frozen
opponents and accumulation work as they do in one process.
"""

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from multigan.core.draws import seed_also
from multigan.core.half_precision import CheckedLayers
from multigan.core.precision import PRECISIONS, check_precision, deterministic, tf32
from multigan.errors import ConfigError, MissingDependencyError

WITHOUT_FLOAT64 = {"mps"}  # kinds of devices


def widest_float(device: torch.device) -> torch.dtype:
    """Returns the most exact type of floats that a device has."""
    return torch.float32 if device.type in WITHOUT_FLOAT64 else torch.float64


def pick_device(name: str = "auto") -> torch.device:
    """Returns the device called `name`: auto, cpu, cuda, cuda:1, mps.

    Raises:
        ConfigError: The name is unknown, or this machine has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ConfigError(
            f"There is no device called {name!r}. Try auto, cpu, cuda or mps."
        ) from None
    missing = {
        "cuda": not torch.cuda.is_available(),
        "mps": not torch.backends.mps.is_available(),
    }
    if missing.get(device.type, False):
        raise ConfigError(
            f"This machine's torch {torch.__version__} sees no {device.type} device. "
            "Use --device auto, or see `multigan doctor`."
        )
    return device


class Engine:
    """One process on one device.

    Args:
        device: Where tensors live.
        precision: "float32"; "tf32", in which GPUs round the factors of products; or "bfloat16" or
            "float16" to run the networks under autocast. Weights, losses and gradient penalties
            stay in float32, and so do layers that a CPU fails at in bfloat16.
        deterministic: Whether libraries are asked for algorithms that repeat themselves.

    Attributes:
        notes: Sentences for the person, e.g. that there are such layers.
    """

    rank = 0
    world_size = 1

    def __init__(
        self,
        device: str | torch.device = "cpu",
        precision: str = "float32",
        deterministic: bool = False,
    ) -> None:
        self.device = device if isinstance(device, torch.device) else pick_device(device)
        self.precision, self.deterministic = precision, deterministic
        self.notes = check_precision(precision, self.device)
        seed_also(self.device)
        self._checked = CheckedLayers(self.notes.append)

    @property
    def is_main(self) -> bool:
        """Whether this process is the one that writes files and talks to people."""
        return self.rank == 0

    def updating(self) -> ExitStack:
        """Encloses an update: products are exact but where `autocast` and `rounding` say else."""
        stack = ExitStack()
        stack.enter_context(tf32(False))
        stack.enter_context(deterministic(self.deterministic))
        return stack

    def rounding(self) -> AbstractContextManager[None]:
        """Rounds the factors of the block's products, if that is this engine's precision."""
        if self.precision == "tf32" and self.device.type == "cuda":
            return tf32(True)
        return nullcontext()

    def autocast(self) -> ExitStack:
        """Runs the networks of the block in this engine's precision."""
        stack = ExitStack()
        stack.enter_context(self.rounding())
        if dtype := PRECISIONS[self.precision]:
            stack.enter_context(torch.autocast(self.device.type, dtype=dtype))
            if self.device.type == "cpu":
                stack.enter_context(self._checked)
        return stack

    def scaler(self) -> torch.amp.GradScaler | None:
        """Returns what keeps an optimizer's float16 gradients from vanishing; None elsewhere."""
        if self.precision != "float16":
            return None
        return torch.amp.GradScaler(self.device.type)

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replaces each tensor by its mean over all processes, in place."""

    def wait(self) -> None:
        """Returns when every process has come here."""

    def share(self, value: Any) -> Any:
        """Returns the main process's `value`, anything plain, in every process."""
        return value

    def close(self) -> None:
        """Ends the connection between processes."""


class DistributedEngine(Engine):
    """One process of several, held together by Accelerate."""

    def __init__(
        self,
        device: str | torch.device = "auto",
        precision: str = "float32",
        deterministic: bool = False,
    ) -> None:
        try:
            from accelerate import Accelerator
        except ImportError:
            raise MissingDependencyError(
                "accelerate", purpose="Training in several processes", extra="dist"
            ) from None
        asked = pick_device(device) if isinstance(device, str) else device
        self._accelerator = Accelerator(cpu=asked.type == "cpu")
        found = self._accelerator.device
        here = torch.device("cpu") if found.type == "cpu" else found
        super().__init__(here, precision, deterministic)
        self.rank = self._accelerator.process_index
        self.world_size = self._accelerator.num_processes

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replaces each tensor by its mean over all processes, in one message."""
        tensors = list(tensors)
        if not tensors:
            return
        flat = torch.cat([t.reshape(-1).float() for t in tensors])
        flat = self._accelerator.reduce(flat, "mean")
        for tensor, mean in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
            tensor.copy_(mean.view_as(tensor))

    def wait(self) -> None:
        """Returns when every process has come here."""
        self._accelerator.wait_for_everyone()

    def share(self, value: Any) -> Any:
        """Returns the main process's `value`, anything plain, in every process."""
        from accelerate.utils import broadcast_object_list

        shared = [value]
        broadcast_object_list(shared)
        return shared[0]

    def close(self) -> None:
        """Ends the process group; without it some processes abort at exit."""
        self._accelerator.end_training()


def open_engine(
    device: str = "auto", precision: str = "float32", deterministic: bool = False
) -> Engine:
    """Returns the engine for this process: distributed if `torchrun` started it."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return DistributedEngine(device, precision, deterministic)
    return Engine(device, precision, deterministic)


def mean_over_processes(value: Tensor) -> Tensor:
    """Returns the mean of a tensor without gradient over all processes, if there are several."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        value = value.clone()
        torch.distributed.all_reduce(value)
        value /= torch.distributed.get_world_size()
    return value


def gradients(module: nn.Module) -> list[Tensor]:
    """Returns the gradients that `module`'s parameters have."""
    return [p.grad for p in module.parameters() if p.grad is not None]


def batch_statistics(module: nn.Module) -> list[Tensor]:
    """Returns the running means and variances of `module`'s batch norms."""
    norms = [m for m in module.modules() if isinstance(m, _BatchNorm)]
    return [b for m in norms for b in m.buffers() if b.is_floating_point()]
