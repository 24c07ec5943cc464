"""Trainers by kind of data: the short way from pictures to a generator.

Each is a recipe with the changes that were asked for, and a session that trains it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from multigan.config import GIVEN_IN_PYTHON, Recipe, Speed
from multigan.core.trainer import Callback
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe as find_recipe
from multigan.runs.fork import fork as fork_session
from multigan.runs.recommend import Open
from multigan.runs.run import Run
from multigan.runs.session import resume as resume_session
from multigan.runs.session import start


class ModalityTrainer:
    """Trains a generative adversarial network on one kind of data.

    Args:
        data: "digits", a path, a Hub name, a tensor, (tensor, labels) or a torch data set.
        recipe: A recipe or the name of one; None picks the one that suits `data`.
        steps: How long to train; None leaves the recipe's.
        minutes: Likewise, instead of steps: as many of them as fit, by steps timed here.
        size: Of a sample: pixels, samples of sound or tokens; None leaves the recipe's.
        callbacks: Called after the run's own; see `multigan.core.trainer.Callback`.
        seed: Decides every random draw; None leaves the recipe's.
        out: The folder in which the run's own numbered folder is made.
        device: "auto", "cpu", "cuda" or "mps".
        changes: Other values of the recipe by dotted path, e.g. {"generator.width": 32}.

    Raises:
        ConfigError: The recipe or a change of it is wrong.
    """

    default_recipe: ClassVar[str]
    embedded: ClassVar[Mapping[str, str]]  # recipes of data that multigan carries, by its name

    def __init__(
        self,
        data: Any = None,
        *,
        recipe: str | Recipe | None = None,
        steps: int | None = None,
        minutes: float | None = None,
        size: int | None = None,
        seed: int | None = None,
        callbacks: Sequence[Callback] = (),
        out: str | Path = "runs",
        device: str = "auto",
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        named = isinstance(data, str | Path)
        carried = self.embedded.get(str(data)) if named and recipe is None else None
        name = recipe or carried or self.default_recipe
        chosen = find_recipe(name) if isinstance(name, str) else name
        if data is not None and carried is None:
            chosen = chosen.with_data(str(data) if named else GIVEN_IN_PYTHON)
        self._data = None if named else data
        asked = {"seed": seed, "steps": steps, kind_of(chosen.modality).size: size}
        asked = {name: value for name, value in asked.items() if value is not None}
        self.recipe = chosen.changed({**asked, **(changes or {})})
        self.minutes, self.callbacks = minutes, callbacks
        self.out = out
        self.device = device

    def fit(self) -> Run:
        """Trains to the recipe's last step and returns the run.

        Raises:
            MultiganError: Whatever is wrong with the data or the device, or a divergence.
        """
        session = start(
            self.recipe,
            data=self._data,
            out=self.out,
            device=self.device,
            callbacks=self.callbacks,
            left=Open(minutes=self.minutes),
        )
        return session.fit()


class ImageTrainer(ModalityTrainer):
    """Trains on pictures.

    Example:
        >>> trainer = ImageTrainer("digits", steps=2000, seed=0)
        >>> run = trainer.fit()  # doctest: +SKIP
        >>> images = run.pipeline()(16, condition=3, seed=7)  # doctest: +SKIP
    """

    default_recipe = "image"
    embedded: ClassVar[Mapping[str, str]] = {"digits": "digits"}


class TextTrainer(ModalityTrainer):
    """Trains on texts.

    Example:
        >>> trainer = TextTrainer("prose", steps=3000, seed=0)
        >>> run = trainer.fit()  # doctest: +SKIP
        >>> texts = run.pipeline()(16, temperature=0.8, seed=7)  # doctest: +SKIP
    """

    default_recipe = "text"
    embedded: ClassVar[Mapping[str, str]] = {"prose": "prose"}


class AudioTrainer(ModalityTrainer):
    """Trains on sounds.

    Example:
        >>> trainer = AudioTrainer("notes", seed=0)
        >>> run = trainer.fit()  # doctest: +SKIP
        >>> sounds = run.pipeline()(13, seed=7)  # doctest: +SKIP
    """

    default_recipe = "speech"
    embedded: ClassVar[Mapping[str, str]] = {"notes": "notes"}


def fork(
    run: str | int | Path | Run,
    *,
    step: int | None = None,
    steps: int | None = None,
    changes: Mapping[str, Any] | None = None,
    knobs: Mapping[str, float | None] | None = None,
    data: Any = None,
    device: str = "auto",
) -> Run:
    """Goes on otherwise from a checkpoint of a run, as a new run beside it; both stay.

    Args:
        run: A run, its path, name or number.
        step: The checkpoint's; None is the latest.
        steps: The new run's last step.
        changes: Other values of the recipe by dotted path.
        knobs: Numbers to turn at once, e.g. {"r1.weight": 0.5}.
        data: The same data again, if it was given in Python.
        device: "auto", "cpu", "cuda" or "mps".
    """
    found = run if isinstance(run, Run) else Run.find(run)
    session = fork_session(
        found, step=step, steps=steps, changes=changes, knobs=knobs, data=data, device=device
    )
    return session.fit()


def resume(
    run: str | int | Path | Run,
    *,
    steps: int | None = None,
    speed: Speed | None = None,
    data: Any = None,
    device: str = "auto",
) -> Run:
    """Goes on with a run from its latest valid checkpoint, to the step first asked for.

    Args:
        run: A run, its path, name or number.
        steps: A new last step.
        speed: How moves are played from now on, if not as before; see `Recipe.speed`.
        data: The same data again, if it was given in Python.
        device: "auto", "cpu", "cuda" or "mps".
    """
    found = run if isinstance(run, Run) else Run.find(run)
    return resume_session(found, steps=steps, speed=speed, data=data, device=device).fit()
