"""Finding the checkpoint to go on from, and going back to it."""

import math
from pathlib import Path

from multigan.core.trainer import Trainer
from multigan.errors import CheckpointError
from multigan.files import sweep
from multigan.runs.checkpoint import NewerFormatError, load_checkpoint, verify_checkpoint
from multigan.runs.folder import RunFolder, checkpoint_step, checkpoints_in


def latest_valid_checkpoint(run: RunFolder) -> tuple[Path | None, list[str]]:
    """Returns the latest valid checkpoint, None if there never was one, and why others are not.

    Raises:
        CheckpointError: There are checkpoints, and every one of them is damaged; or the latest
            was written by a newer multigan.
    """
    refused: list[str] = []
    for folder in reversed(checkpoints_in(run.checkpoints)):
        try:
            verify_checkpoint(folder)
        except NewerFormatError:
            raise
        except CheckpointError as error:
            refused.append(str(error))
            continue
        return folder, refused
    if refused:
        raise CheckpointError("No checkpoint of this run is valid. " + " ".join(refused))
    return None, refused


def resume_from(trainer: Trainer, run: RunFolder, folder: Path | None) -> None:
    """Loads a checkpoint and drops what was logged after it; None starts again from step 0.

    Newer checkpoints, which are damaged, are set aside under another name. Only for a process
    that holds the run's lock, or for the others of its kind.
    """
    step = 0
    if folder is not None:
        trainer.load_state_dict(load_checkpoint(folder, trainer.engine.device))
        step = checkpoint_step(folder)
    scale = min(trainer.learning_rate_scale, _rolled_back_scale(run, step))
    trainer.scale_learning_rate(scale / trainer.learning_rate_scale)
    trainer.engine.wait()
    if trainer.engine.is_main:
        run.forget_after(step)
        for newer in checkpoints_in(run.checkpoints):
            if checkpoint_step(newer) > step:
                newer.rename(_free_name(newer.with_name(f"damaged-{newer.name}")))
        for place in (run.path, run.checkpoints, run.samples, run.profiles):
            sweep(place)
    trainer.engine.wait()


def _rolled_back_scale(run: RunFolder, step: int) -> float:
    """Returns the learning rates' scale after the rollbacks noted up to `step`.

    A rollback is noted before a checkpoint can hold its scale.
    """
    scales = [
        row["learning_rate_scale"]
        for row in run.metrics()
        if "learning_rate_scale" in row and row["step"] <= step
    ]
    return min([s for s in scales if isinstance(s, float) and 0 < s < math.inf], default=1.0)


def _free_name(path: Path) -> Path:
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
