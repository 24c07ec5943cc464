"""Trainer states on disk: whole, checked, and without pickled code.

    checkpoints/step-001000/
      networks.safetensors     the objective's and the averages' weights and buffers
      optimizers.pt            read with `weights_only`: tensors and plain values, no code
      callbacks.pt             likewise: callbacks and the loss window
      progress.json            steps, batches, seed, knobs
      manifest.json            format version, and every file's size and SHA-256

The folder is built under a temporary name, flushed, and renamed; a reader finds all of it or none.
"""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from multigan.errors import CheckpointError
from multigan.files import atomic_folder, read_json, refused_by_disk, write_json
from multigan.runs.folder import checkpoint_step, checkpoints_in

FORMAT = 1
FILES = frozenset({"networks.safetensors", "optimizers.pt", "callbacks.pt", "progress.json"})


class NewerFormatError(CheckpointError):
    """A checkpoint is whole, but was written by a multigan that knows more."""


def save_checkpoint(state: Mapping[str, Any], folder: Path) -> Path:
    """Writes what `Trainer.state_dict` returned into `folder`.

    Raises:
        CheckpointError: A weight is not finite; such a state is not worth keeping.
    """
    networks = _prefixed("objective", state["objective"]) | _prefixed("average", state["average"])
    bad = [name for name, t in networks.items() if t.is_floating_point() and not t.isfinite().all()]
    if bad:
        raise CheckpointError(
            f"Not saved: {len(bad)} tensors of the networks are not finite, the first is {bad[0]}."
        )
    with atomic_folder(folder) as building:
        callbacks = {"callbacks": state["callbacks"], "window": state["window"]}
        with refused_by_disk(folder):
            save_file(networks, building / "networks.safetensors")
            torch.save(state["optimizers"], building / "optimizers.pt")
            torch.save(callbacks, building / "callbacks.pt")
        write_json(building / "progress.json", state["progress"])
        files = {path.name: _describe(path) for path in sorted(building.iterdir())}
        write_json(building / "manifest.json", {"format": FORMAT, "files": files})
    return folder


def load_checkpoint(folder: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    """Reads and checks what `save_checkpoint` wrote.

    Raises:
        CheckpointError: A file is missing, truncated, altered, or from a newer multigan.
    """
    verify_checkpoint(folder)
    try:
        networks = load_file(folder / "networks.safetensors", device=str(device))
        optimizers = torch.load(folder / "optimizers.pt", map_location="cpu", weights_only=True)
        callbacks = torch.load(folder / "callbacks.pt", map_location="cpu", weights_only=True)
        progress = read_json(folder / "progress.json")
    except UnpicklingError:  # whose words advise to run it
        raise CheckpointError(
            f"Checkpoint {folder} cannot be read: it holds more than tensors and plain values, "
            "which could run code. Resume from another one, or train anew."
        ) from None
    except (SafetensorError, RuntimeError, ValueError, OSError) as error:
        raise CheckpointError(f"Checkpoint {folder} cannot be read: {error}") from None
    return {
        "objective": _without_prefix("objective", networks),
        "average": _without_prefix("average", networks),
        "optimizers": optimizers,
        "progress": progress,
        **callbacks,
    }


def verify_checkpoint(folder: Path) -> None:
    """Raises a `CheckpointError` that names the file if `folder` is not a valid checkpoint."""
    try:
        manifest = read_json(folder / "manifest.json")
        files, version = dict(manifest["files"]), int(manifest["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"Checkpoint {folder} is damaged: its manifest.json cannot be read ({error})."
        ) from None
    if version > FORMAT:
        raise NewerFormatError(
            f"{folder} has checkpoint format {version}; this multigan reads up to {FORMAT}. "
            "Update multigan."
        )
    if set(files) != FILES:
        raise CheckpointError(
            f"Checkpoint {folder} is damaged: its manifest.json lists other files than "
            f"{', '.join(sorted(FILES))}."
        )
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            raise CheckpointError(f"Checkpoint {folder} is damaged: {name} is missing.")
        if _describe(path) != expected:
            raise CheckpointError(
                f"Checkpoint {folder} is damaged: {name} ({path.stat().st_size} bytes) is not what "
                "was written."
            )


def prune_checkpoints(
    folder: Path, *, keep: int, always: frozenset[int] = frozenset()
) -> list[Path]:
    """Deletes all but the latest `keep` checkpoints and those of the steps in `always`."""
    old = checkpoints_in(folder)[: -max(keep, 1)]
    doomed = [path for path in old if checkpoint_step(path) not in always]
    for path in doomed:
        # Under a name that nobody resumes from, in case the deletion is interrupted.
        shutil.rmtree(path.rename(path.with_name(f".{path.name}.tmp")))
    return doomed


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    # safetensors wants contiguous tensors that share no memory.
    return {
        f"{prefix}.{name}": t.detach().cpu().contiguous().clone() for name, t in tensors.items()
    }


def _without_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = len(prefix) + 1
    return {name[start:]: t for name, t in tensors.items() if name.startswith(f"{prefix}.")}


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
