"""Runs as people hold them: the folder, what it asked for, and the pipeline it left."""

from pathlib import Path

from multigan.config import Recipe
from multigan.core.run import RunFolder, find_run
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
        except (OSError, ValueError) as error:
            raise RunError(f"The recipe of run {self.path} cannot be read: {error}") from None

    def pipeline(self, *, device: str = "cpu") -> Pipeline:
        """Returns the average generator as of the last checkpoint, ready to sample.

        Raises:
            CheckpointError: The run has not saved one yet.
        """
        if not (self.pipeline_folder / "pipeline.json").is_file():
            raise CheckpointError(
                f"Run {self.name} has not saved a pipeline yet. It does with every checkpoint; "
                f"ask for one now with: multigan runs checkpoint {self.path}"
            )
        return Pipeline.from_pretrained(self.pipeline_folder, device=device)
