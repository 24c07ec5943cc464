"""Runs as people hold them: the folder, what it asked for, and the pipeline it left."""

from pathlib import Path

from torch import Tensor

from multigan.config import Recipe
from multigan.core.checkpoint import load_checkpoint
from multigan.core.run import RunFolder, checkpoint_step, find_run
from multigan.errors import CheckpointError, RunError
from multigan.files import read_json
from multigan.pipelines import Pipeline


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
        self, *, device: str = "cpu", step: int | None = None, best: bool = False
    ) -> Pipeline:
        """Returns the average generator as of a checkpoint, ready to sample.

        Args:
            device: "auto", "cpu", "cuda" or "mps".
            step: Which checkpoint; None is the last.
            best: The checkpoint that the recipe's `best_by` found best, instead.

        Raises:
            CheckpointError: The run has no such checkpoint.
        """
        if not (self.pipeline_folder / "pipeline.json").is_file():
            raise CheckpointError(
                f"Run {self.name} has not saved a pipeline yet. It does with every checkpoint; "
                f"ask for one now with: multigan runs checkpoint {self.path}"
            )
        pipeline = Pipeline.from_pretrained(self.pipeline_folder, device=device)
        if best or step is not None:
            weights = self._averaged_weights(self._best_step() if best else step)
            pipeline.generator.load_state_dict(weights)
        return pipeline

    def _averaged_weights(self, step: int | None) -> dict[str, Tensor]:
        for folder in self.checkpoint_folders():
            if checkpoint_step(folder) == step:
                average = load_checkpoint(folder)["average"]
                prefix = "networks.generator."
                return {name.removeprefix(prefix): t for name, t in average.items()}
        kept = ", ".join(str(checkpoint_step(f)) for f in self.checkpoint_folders()) or "none"
        raise CheckpointError(f"Run {self.name} keeps no checkpoint of step {step}. Kept: {kept}.")

    def _best_step(self) -> int:
        for folder in reversed(self.checkpoint_folders()):
            best = load_checkpoint(folder)["callbacks"].get("Evaluate", {}).get("best")
            if best is not None:
                return int(best[0])
        raise CheckpointError(
            f"Run {self.name} has not looked for its best step. Ask a run to with, for example, "
            "--set evaluate_every=1000 --set best_by=frechet"
        )
