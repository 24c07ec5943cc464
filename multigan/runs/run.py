"""Runs as people hold them: the folder, what it asked for, and the pipeline it left."""

from contextlib import suppress
from pathlib import Path

from torch import Tensor, nn

from multigan.config import Recipe
from multigan.core.registries import DISCRIMINATORS
from multigan.errors import CheckpointError, ConfigError, RunError
from multigan.files import read_json
from multigan.runs.checkpoint import load_checkpoint, verify_checkpoint
from multigan.runs.folder import RunFolder, checkpoint_step, find_run
from multigan.runs.profiles import averaged_weights
from multigan.sampling.pipeline import Pipeline


class Run(RunFolder):
    """One training run, finished or not.

    Example:
        >>> run = Run.find(3)  # doctest: +SKIP
        >>> run.status()["state"], run.metrics()[-1]["step"]  # doctest: +SKIP
        ('finished', 2000)
        >>> run.pipeline()(16, condition=3, seed=7)  # doctest: +SKIP
    """

    @classmethod
    def find(cls, reference: str | int | Path, root: str | Path = "runs") -> "Run":
        """Returns a run by number, name or path.

        Raises:
            RunError: There is none.
        """
        reference = str(reference) if isinstance(reference, int) else reference
        return cls(find_run(reference, root).path)

    @property
    def recipe(self) -> Recipe:
        """What was asked for.

        Raises:
            RunError: recipe.json is missing or damaged.
        """
        try:
            return Recipe.from_json(read_json(self.recipe_file))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise RunError(f"The recipe of run {self.path} cannot be read: {error}") from None

    def pipeline(
        self,
        *,
        device: str = "cpu",
        step: int | None = None,
        best: bool = False,
        average: float | None = None,
    ) -> Pipeline:
        """Returns the EMA generator as of a checkpoint, ready to sample.

        Args:
            device: "auto", "cpu", "cuda" or "mps".
            step: Which checkpoint; None is the last.
            best: The checkpoint that the recipe's `best_by` found best, instead.
            average: The length of the average as a share of the whole run, instead of the recipe's
                half-life; for runs with `profile_every`. See `multigan.runs.profiles`.

        Raises:
            CheckpointError: The run has no such checkpoint.
        """
        if not (self.pipeline_folder / "pipeline.json").is_file():
            raise CheckpointError(
                f"Run {self.name} has not saved a pipeline yet. It does with every checkpoint; "
                f"ask for one now with: multigan runs checkpoint {self.path}. If it is not at "
                f"work: multigan resume {self.path}"
            )
        pipeline = Pipeline.from_pretrained(self.pipeline_folder, device=device)
        if average is not None and not best and step is None:
            pipeline.generator.load_state_dict(averaged_weights(self.profiles, average))
            return pipeline
        chosen = self._best_step() if best else step
        chosen = self._newer_than(pipeline.step) if chosen is None else chosen
        if chosen is not None:
            pipeline.generator.load_state_dict(self._averaged_weights(chosen))
            pipeline.step = chosen
        return pipeline

    def _newer_than(self, step: int | None) -> int | None:
        """Returns the latest valid checkpoint's step, if a pipeline of `step` is older than that.

        One that was saved without its step is, unless the run has finished.
        """
        if step is None and self.status()["state"] == "finished":
            return None
        for folder in reversed(self.checkpoint_folders()):
            if step is not None and checkpoint_step(folder) <= step:
                return None
            with suppress(CheckpointError):
                verify_checkpoint(folder)
                return checkpoint_step(folder)
        return None

    def discriminator(self, *, step: int | None = None) -> nn.Module:
        """Returns the discriminator as of a checkpoint, the latest by default, on the CPU.

        Raises:
            CheckpointError: There is no such checkpoint, or the networks do not fit it.
            ConfigError: The run has no discriminator.
        """
        asked = self.recipe.with_plugins()
        named = asked.discriminator
        if named is None:
            raise ConfigError(f"Run {self.name} has no discriminator.")
        if asked.pack > 1:
            raise ConfigError(
                f"The discriminator of run {self.name} judges {asked.pack} samples at once, "
                "and says nothing of a single one. A classifier can filter samples, too."
            )
        pipeline = self.pipeline()
        network: nn.Module = DISCRIMINATORS.build(
            named, sample_shape=pipeline.modality.sample_shape, condition=pipeline.condition
        )
        prefix = "discriminator."
        weights = {
            name.removeprefix(prefix): tensor
            for name, tensor in load_checkpoint(self._checkpoint(step))["objective"].items()
            if name.startswith(prefix)
        }
        try:
            network.load_state_dict(weights)
        except RuntimeError as error:
            raise CheckpointError(
                f"The discriminator that run {self.name} saved is not the one that its recipe "
                f"names: {error}"
            ) from None
        return network

    def _averaged_weights(self, step: int) -> dict[str, Tensor]:
        average = load_checkpoint(self._checkpoint(step))["average"]
        prefix = "networks.generator."
        return {name.removeprefix(prefix): t for name, t in average.items()}

    def _checkpoint(self, step: int | None) -> Path:
        """Returns the checkpoint of a step; None is the latest."""
        if step is not None:
            return self.checkpoint_at(step)
        folders = self.checkpoint_folders()
        if not folders:
            raise CheckpointError(f"Run {self.name} has no checkpoint yet.")
        return folders[-1]

    def _best_step(self) -> int:
        for folder in reversed(self.checkpoint_folders()):
            best = load_checkpoint(folder)["callbacks"].get("Evaluate", {}).get("best")
            if best is not None:
                return int(best[0])
        raise CheckpointError(
            f"Run {self.name} has not looked for its best step. Ask a run to with, for example, "
            "--set evaluate_every=1000 --set best_by=frechet"
        )
