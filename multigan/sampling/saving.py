"""A pipeline on disk: `pipeline.json` names its parts, `generator.safetensors` has the weights."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from multigan.core.condition import ConditionSpec
from multigan.core.modality import Modality
from multigan.core.prior import Prior
from multigan.core.protocols import HasSavedOptions
from multigan.core.registries import GENERATORS, KINDS, build_modality
from multigan.errors import CheckpointError, ConfigError
from multigan.files import (
    atomic_folder,
    plain_file,
    read_json,
    read_object,
    refused_by_disk,
    write_json,
)
from multigan.imports import plugins
from multigan.imports.pretrained import only_inside
from multigan.typed import Component, Count, from_plain

FORMAT = 1


def write_saved(
    folder: Path,
    generator: nn.Module,
    modality: Modality,
    prior: Prior,
    condition: ConditionSpec | None,
    components: Mapping[str, Component],
    step: int | None,
) -> None:
    """Writes a pipeline's parts into a folder, atomically; see `Pipeline`."""
    saved = {part: vars(one) for part, one in _saved_components(generator, components).items()}
    used = [vars(plugin) for plugin in plugins.used_by(saved)]
    index = {
        "format": FORMAT,
        "step": step,
        "prior": {"dim": prior.dim},
        "condition": None if condition is None else vars(condition),
        **saved,
        **({"plugins": used} if used else {}),
    }
    # Copies, because safetensors refuses tensors that share memory, as tied tables do.
    state = generator.state_dict()
    weights = {n: t.detach().cpu().contiguous().clone() for n, t in state.items()}
    with atomic_folder(folder) as building:
        write_json(building / "pipeline.json", index)
        with refused_by_disk(folder):
            save_file(weights, building / "generator.safetensors")
        modality.save_parts(building)


def read_saved(folder: Path) -> dict[str, Any]:
    """Returns what a `Pipeline` is made of, from what `write_saved` wrote or from a run's folder.

    Raises:
        CheckpointError: The folder holds no whole pipeline.
        ConfigError: It needs a plug-in that this user has never named; none of its code has run.
    """
    run, inner = folder, folder / "pipeline"
    folder = inner if inner.is_dir() and not (folder / "pipeline.json").is_file() else folder
    index = _read_index(folder)
    try:
        named = {part: index[part] for part in ("generator", "modality")}
        components = {part: from_plain(Component, one, part) for part, one in named.items()}
        prior = Prior(from_plain(Count, index["prior"]["dim"], "prior.dim"))
        condition = from_plain(ConditionSpec | None, index["condition"], "condition")
        needed = from_plain(tuple[plugins.Plugin, ...], index.get("plugins", []), "plugins")
        weights = load_file(plain_file(folder / "generator.safetensors"))
    except (ConfigError, KeyError, TypeError, OSError, SafetensorError) as error:
        raise CheckpointError(f"The pipeline in {folder} is damaged: {error}") from None
    plugins.require(needed, f"The pipeline in {folder}")
    if folder != run:
        _warn_if_older(run, saved_step(folder))
    named = components["modality"]
    try:
        with only_inside(folder):
            modality = build_modality(KINDS[named.name].modality.with_parts(named, folder))
            generator = GENERATORS.build(
                components["generator"],
                latent_dim=prior.dim,
                sample_shape=modality.sample_shape,
                condition=condition,
            )
    except ConfigError as error:
        raise ConfigError(f"The pipeline in {folder} cannot be built: {error}") from None
    try:
        generator.load_state_dict(weights)
    except RuntimeError as error:
        raise CheckpointError(f"The weights in {folder} do not fit its networks: {error}") from None
    return {
        "generator": generator,
        "modality": modality,
        "prior": prior,
        "condition": condition,
        "components": components,
        "step": saved_step(folder),
    }


def saved_step(folder: Path) -> int | None:
    """Returns the training step that a saved pipeline was made at, None where nobody knows."""
    step = read_object(folder / "pipeline.json").get("step")
    return step if isinstance(step, int) else None


def _warn_if_older(run: Path, step: int | None) -> None:
    names = [path.name.removeprefix("step-") for path in run.glob("checkpoints/step-*")]
    latest = max((int(name) for name in names if name.isdecimal()), default=0)
    if step is not None and step < latest:
        warnings.warn(
            f"The pipeline of {run} is of step {step}, and there is a checkpoint of step {latest}. "
            f"multigan.Run({str(run)!r}).pipeline() samples that; resuming the run saves it.",
            stacklevel=4,
        )


def _read_index(folder: Path) -> dict[str, Any]:
    try:
        index = read_json(folder / "pipeline.json")
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder} holds no saved pipeline: {error}") from None
    version = index.get("format") if isinstance(index, dict) else None
    if not isinstance(version, int) or version > FORMAT:
        raise CheckpointError(f"{folder}'s pipeline.json has a format this multigan cannot read.")
    return index


def _saved_components(
    generator: nn.Module, components: Mapping[str, Component]
) -> dict[str, Component]:
    """Returns the components, of a network from elsewhere as it is built without that place."""
    if not isinstance(generator, HasSavedOptions):
        return dict(components)
    named = components["generator"].name
    return {**components, "generator": Component(named, dict(generator.saved_options))}
