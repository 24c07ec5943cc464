"""Where a step runs: on which device, in which precision, in how many processes.

Several processes are started by `multigan train --gpus N`, torchrun or srun. Each works on its rows
of the global batch, and after every backward pass the gradients are averaged in one flat
message. That is all: there is no wrapper around the networks, so gradient penalties, frozen
opponents and accumulation work as they do in one process.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm

from multigan.core.draws import seed_also
from multigan.core.half_precision import CheckedLayers
from multigan.core.precision import PRECISIONS, check_precision, deterministic, tf32
from multigan.core.processes import Place, find_place
from multigan.errors import ConfigError, RunError, out_of_memory

LONGEST_WAIT = timedelta(days=2)  # for a process that evaluates or decodes; a dead one is noticed
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
    """One process of several, held together by torch.distributed.

    What waits for the main process, which may evaluate or decode for hours, waits on the CPU:
    only gradients travel between GPUs, where nobody waits for long.

    Raises:
        ConfigError: This machine has fewer GPUs than processes.
    """

    def __init__(
        self,
        device: str | torch.device = "auto",
        precision: str = "float32",
        deterministic: bool = False,
    ) -> None:
        place = find_place()
        assert place is not None  # the caller has asked
        asked = pick_device(device) if isinstance(device, str) else device
        super().__init__(_own_device(asked, place), precision, deterministic)
        self.rank, self.world_size = place.rank, place.world_size
        on_gpu = self.device.type == "cuda"
        if on_gpu:
            torch.cuda.set_device(self.device)
        if not distributed.is_initialized():  # one that started a second run has met the others
            os.environ |= place.environment()
            with _staying_connected():
                distributed.init_process_group(
                    "cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=LONGEST_WAIT
                )

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replaces each tensor by its mean over all processes, in one message."""
        tensors = list(tensors)
        if not tensors:
            return
        flat = mean_over_processes(torch.cat([t.reshape(-1).float() for t in tensors]))
        parts = torch.split(flat, [t.numel() for t in tensors])
        for tensor, mean in zip(tensors, parts, strict=True):
            tensor.copy_(mean.view_as(tensor))

    def wait(self) -> None:
        """Returns when every process has come here."""
        mean_over_processes(torch.zeros(1))

    def share(self, value: Any) -> Any:
        """Returns the main process's `value`, anything plain, in every process."""
        shared = [value]
        with _staying_connected():
            distributed.broadcast_object_list(shared, device=torch.device("cpu"))
        return shared[0]

    def close(self) -> None:
        """Ends the process group; without it some processes abort at exit."""
        if distributed.is_initialized():
            distributed.destroy_process_group()


def _own_device(asked: torch.device, place: Place) -> torch.device:
    if asked.type != "cuda":
        return asked
    count = torch.cuda.device_count()
    if count == 1:  # a batch system may show each process its own GPU alone
        return torch.device("cuda", 0)
    if place.local_rank >= count:
        raise ConfigError(
            f"Process {place.local_rank + 1} of this machine has no GPU of its own: there are "
            f"{count}. Start as many processes as there are GPUs, or train with --device cpu."
        )
    return torch.device("cuda", place.local_rank)


@contextmanager
def _staying_connected() -> Iterator[None]:
    """Says what has happened where the connection to another process breaks."""
    try:
        yield
    except (RuntimeError, distributed.DistError) as error:
        if out_of_memory(error):
            raise
        raise RunError(
            "The connection to another process of this run is lost, so this one ends, too. What "
            "the other said last, if anything, tells why; the run goes on from its latest "
            "checkpoint with: multigan resume"
        ) from error


def open_engine(
    device: str = "auto", precision: str = "float32", deterministic: bool = False
) -> Engine:
    """Returns the engine for this process: distributed if it is one of several."""
    if find_place() is not None:
        return DistributedEngine(device, precision, deterministic)
    return Engine(device, precision, deterministic)


def mean_over_processes(value: Tensor) -> Tensor:
    """Returns the mean of a tensor without gradient over all processes, if there are several."""
    if distributed.is_available() and distributed.is_initialized():
        value = value.clone()
        with _staying_connected():
            distributed.all_reduce(value)
        value /= distributed.get_world_size()
    return value


def gradients(module: nn.Module) -> list[Tensor]:
    """Returns the gradients that `module`'s parameters have."""
    return [p.grad for p in module.parameters() if p.grad is not None]


def batch_statistics(module: nn.Module) -> list[Tensor]:
    """Returns the running means and variances of `module`'s batch norms."""
    norms = [m for m in module.modules() if isinstance(m, _BatchNorm)]
    return [b for m in norms for b in m.buffers() if b.is_floating_point()]
