"""Train, watch, steer and sample generative adversarial networks for images, text and sound.

    from multigan import ImageTrainer, Pipeline

    run = ImageTrainer("digits", steps=2000, seed=0).fit()
    images = run.pipeline()(16, condition=3, seed=7)

Names are imported when first used: `import multigan` itself costs no torch.
"""

import os
from typing import TYPE_CHECKING, Any

from multigan.errors import MultiganError
from multigan.imports import moved, torchaudio_guard
from multigan.imports.lazy import lazy_names

if TYPE_CHECKING:
    from multigan.config import Recipe
    from multigan.core.game import AdversarialGame
    from multigan.core.prior import Prior
    from multigan.core.trainer import Trainer
    from multigan.imports.plugins import load_plugin
    from multigan.modalities.recipes import recipe
    from multigan.runs.run import Run
    from multigan.runs.synthesis import synthesize
    from multigan.runs.trainers import AudioTrainer, ImageTrainer, TextTrainer, fork, resume
    from multigan.sampling.pipeline import Pipeline

__version__ = "0.1.0"
FEW_CORES = 4

torchaudio_guard.install()
moved.install()
# The threads of torch's CPU operators spin while they wait for one another. Where there are few
# cores, anything else that is busy then stalls them: benchmarks/waiting_threads.py.
if (os.cpu_count() or 1) <= FEW_CORES:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_HOMES = {
    "AdversarialGame": "multigan.core.game",
    "AudioTrainer": "multigan.runs.trainers",
    "ImageTrainer": "multigan.runs.trainers",
    "Pipeline": "multigan.sampling.pipeline",
    "Prior": "multigan.core.prior",
    "Recipe": "multigan.config",
    "Run": "multigan.runs.run",
    "TextTrainer": "multigan.runs.trainers",
    "Trainer": "multigan.core.trainer",
    "load_plugin": "multigan.imports.plugins",
    "recipe": "multigan.modalities.recipes",
    "fork": "multigan.runs.trainers",
    "resume": "multigan.runs.trainers",
    "synthesize": "multigan.runs.synthesis",
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
    "load_plugin",
    "recipe",
    "resume",
    "synthesize",
]


__getattr__, _names = lazy_names(__name__, _HOMES)


def load_ipython_extension(shell: Any) -> None:
    """Adds `%multigan` to IPython: `%load_ext multigan`."""
    from multigan.notebook.magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Takes `%multigan` away again."""
    from multigan.notebook.magics import unload

    unload(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})
