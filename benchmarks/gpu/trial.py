"""Where a check runs, for how long it may, and the trainers it asks for."""

import gc
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.common.shrunk import shrinking, texts
from multigan.config import Recipe
from multigan.core import draws
from multigan.core.engine import Engine
from multigan.core.trainer import Trainer
from multigan.modalities.recipes import recipe
from multigan.modalities.text import gumbel
from multigan.runs.assemble import build_parts, build_trainer, load_data

IMAGE_SIZE, IMAGES = 32, 512


@dataclass
class Trial:
    """A device to try, and the time there is for it.

    Attributes:
        device: The device.
        kind: "cuda", "pretend" or "cpu".
        recipes: Their names.
        until: When to begin nothing new, of `time.monotonic`.
    """

    device: torch.device
    kind: str
    recipes: Sequence[str]
    until: float

    @property
    def is_real(self) -> bool:
        """Whether it is a GPU: only there times and memory mean anything."""
        return self.kind == "cuda"

    def wait(self) -> None:
        """Waits for the device."""
        if self.is_real:
            torch.cuda.synchronize()

    def of_each_recipe(self, check: Callable[[str], Any], share: float = 1.0) -> dict[str, Any]:
        """Returns what a check finds of every recipe, as long as there is time.

        Args:
            check: Of a recipe's name.
            share: Of the time that is left, how much may be used.
        """
        until = time.monotonic() + share * (self.until - time.monotonic())
        found: dict[str, Any] = {}
        for name in self.recipes:
            if time.monotonic() > until:
                found[name] = "no time"
                continue
            found[name] = attempted(lambda name=name: check(name))
            self.forget()
        return found

    def forget(self) -> None:
        """Gives memory back."""
        gc.collect()
        if self.is_real:
            torch.cuda.empty_cache()

    def trainer(self, asked: Recipe, device: torch.device | None = None) -> Trainer:
        """Returns a recipe's trainer, on random pictures, short texts or its own sounds."""
        data: Any = {"image": pictures, "text": texts}.get(asked.modality, lambda: None)()
        engine = Engine(device or self.device, asked.precision, asked.deterministic)
        loaded = load_data(asked, data)
        return build_trainer(asked, build_parts(asked, loaded, engine), engine)


def attempted(check: Callable[[], Any]) -> Any:
    """Returns what a check finds, or what went wrong with it and where."""
    try:
        return check()
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames][-4:]
        return {"error": f"{type(error).__name__}: {error}"[:400], "at": where}


def small(name: str, steps: int, **changes: Any) -> Recipe:
    """Returns a recipe of which a step takes a moment."""
    quiet = {"steps": steps, "look_every": 0, "health_every": 0, "checkpoint_every": 0}
    return recipe(name).changed(shrinking(name, steps) | quiet | changes).settled()


def pictures() -> tuple[Tensor, Tensor]:
    """Returns random pictures in color, and a class of each."""
    generator = torch.Generator().manual_seed(0)
    shape = (IMAGES, 3, IMAGE_SIZE, IMAGE_SIZE)
    made = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    return made, torch.arange(IMAGES) % 10


@contextmanager
def drawing_on_the_cpu() -> Iterator[None]:
    """Draws everything on the CPU, so that two devices see the same numbers."""
    rows, exponential = draws._rows, gumbel._exponential

    def same_rows(draw: Any, count: int, shape: Any, device: Any) -> Tensor:
        return rows(draw, count, shape, "cpu").to(device)

    def same_exponential(shape: Any, seed: int, device: torch.device) -> Tensor:
        return exponential(shape, seed, torch.device("cpu")).to(device)

    draws._rows, gumbel._exponential = same_rows, same_exponential
    try:
        yield
    finally:
        draws._rows, gumbel._exponential = rows, exponential
