"""Train, watch, steer and sample generative adversarial networks for images, text and sound.

    from multigan import ImageTrainer, Pipeline

    run = ImageTrainer("digits", steps=2000, seed=0).fit()
    images = run.pipeline()(16, condition=3, seed=7)

Names are imported when first used: `import multigan` itself costs no torch.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from multigan import compat
from multigan.errors import MultiganError

if TYPE_CHECKING:
    from multigan.config import Recipe
    from multigan.core.game import AdversarialGame
    from multigan.core.prior import Prior
    from multigan.core.trainer import Trainer
    from multigan.pipelines import Pipeline
    from multigan.recipes import recipe
    from multigan.runs import Run
    from multigan.synthesis import synthesize
    from multigan.trainers import AudioTrainer, ImageTrainer, TextTrainer, fork, resume

__version__ = "0.1.0"
FEW_CORES = 4

compat.install()
# The threads of torch's CPU operators spin while they wait for one another. Where there are few
# cores, anything else that is busy then stalls them: benchmarks/waiting_threads.py.
if (os.cpu_count() or 1) <= FEW_CORES:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_HOMES = {
    "AdversarialGame": "multigan.core.game",
    "AudioTrainer": "multigan.trainers",
    "ImageTrainer": "multigan.trainers",
    "Pipeline": "multigan.pipelines",
    "Prior": "multigan.core.prior",
    "Recipe": "multigan.config",
    "Run": "multigan.runs",
    "TextTrainer": "multigan.trainers",
    "Trainer": "multigan.core.trainer",
    "recipe": "multigan.recipes",
    "fork": "multigan.trainers",
    "resume": "multigan.trainers",
    "synthesize": "multigan.synthesis",
}

__all__ = [
    "AdversarialGame",
    "AudioTrainer",
    "ImageTrainer",
    "MultiganError",
    "Pipeline",
    "Prior",
    "Recipe",
    "Run",
    "TextTrainer",
    "Trainer",
    "fork",
    "recipe",
    "resume",
    "synthesize",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'multigan' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def load_ipython_extension(shell: Any) -> None:
    """Adds `%multigan` to IPython: `%load_ext multigan`."""
    from multigan.notebook.magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Takes `%multigan` away again."""
    from multigan.notebook.magics import unload

    unload(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
