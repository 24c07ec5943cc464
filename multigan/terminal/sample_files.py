"""What `multigan sample` makes: samples of a run, in files or, of what can be printed, in words.

All of it takes `args`, what was asked for as the command's parser has it.
"""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multigan.core.condition import ConditionSpec
    from multigan.sampling.pipeline import Pipeline


def make(args: Namespace, *, in_files: bool = False) -> Sequence[Any]:
    """Writes the samples and returns the path of each file.

    Of what can be printed the samples themselves, if no folder is named and they need not be
    `in_files`.
    """
    from multigan.modalities.kind import kind_of

    pipeline = open_pipeline(args)
    layout = args.sheet or args.interpolate or args.directions or args.project
    printed = kind_of(pipeline.modality.name).printed
    if printed and args.out is None and not layout and not in_files:
        return _items(pipeline, args)
    return _made(pipeline, args)


def _made(pipeline: "Pipeline", args: Namespace) -> list[Path]:
    args.out = args.out or Path("samples")
    _make_folder(args.out)
    if args.format is not None:
        _choose_format(pipeline, args.format)
    return _written(pipeline, args)


def _choose_format(pipeline: "Pipeline", name: str) -> None:
    from multigan.errors import ConfigError
    from multigan.modalities.kind import kind_of, kinds_with

    modality: Any = pipeline.modality
    if name not in kind_of(modality.name).formats:
        raise ConfigError(
            f"--format {name} is for {kinds_with(lambda kind: name in kind.formats)} data, and "
            f"this pipeline makes {modality.name} data."
        )
    modality.suffix = f".{name}"


def conditions(texts: Sequence[str], spec: "ConditionSpec | None", num_samples: int) -> Any:
    """Returns what a pipeline is conditioned on: nothing, or one condition for each sample in turn.

    A text is the name or number of a class, or some of them with commas between; for a generator
    of attributes it names all those of one sample, and for one of vectors it is
    one vector, its numbers with commas between.

    Raises:
        ConfigError: A vector has something else than numbers in it.
    """
    if not texts:
        return None
    if spec is not None and spec.kind == "vector":
        return _vectors(texts, num_samples)
    if spec is not None and spec.kind == "attributes":
        return [texts[index % len(texts)] for index in range(num_samples)]
    names = spec.names if spec is not None else ()
    several = [one for text in texts for one in ([text] if text in names else text.split(","))]
    return [several[index % len(several)].strip() for index in range(num_samples)]


def open_pipeline(args: Namespace) -> "Pipeline":
    """Returns the pipeline of a run, or a saved one by the name of its place."""
    from multigan.errors import ConfigError
    from multigan.runs.run import Run
    from multigan.sampling.locate import is_pipeline_name
    from multigan.sampling.pipeline import Pipeline

    if is_pipeline_name(args.run_name):
        if args.best or args.step is not None or args.average is not None:
            raise ConfigError(
                f"{args.run_name} is a saved pipeline, which has no checkpoints: name its run, or "
                "leave out --step, --best and --average."
            )
        return Pipeline.from_pretrained(args.run_name, device=args.device)
    run = Run.find(args.run_name, args.runs)
    return run.pipeline(device=args.device, step=args.step, best=args.best, average=args.average)


def _make_folder(folder: Path) -> None:
    from multigan.errors import ConfigError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise ConfigError(f"{folder} is a file. --out names a folder for the samples.") from None


def _written(pipeline: "Pipeline", args: Namespace) -> list[Path]:
    from multigan.terminal.latent_space import write_directions, write_mixtures, write_projections

    if args.interpolate:
        return _walk(pipeline, args)
    if args.directions is not None:
        return write_directions(pipeline, args, args.condition[0] if args.condition else None)
    if args.mix:
        return [write_mixtures(pipeline, args, args.condition[0] if args.condition else None)]
    if args.project is not None:
        asked = conditions(args.condition, pipeline.condition, args.num_samples)
        return write_projections(pipeline, args, asked)
    return _draw(pipeline, args)


def _own_options(pipeline: "Pipeline", args: Namespace) -> dict[str, Any]:
    """Returns the options that only some kinds of data have, where they are given."""
    from multigan.core.registries import KINDS
    from multigan.errors import ConfigError
    from multigan.modalities.kind import kind_of, kinds_with

    names = sorted(frozenset().union(*(kind.sampling for kind in KINDS.values())))
    given = {n: value for n in names if (value := getattr(args, n, None)) is not None}
    if wrong := [name for name in given if name not in kind_of(pipeline.modality.name).sampling]:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in wrong)
        having = kinds_with(lambda kind: wrong[0] in kind.sampling)
        raise ConfigError(f"This run makes {pipeline.modality.name} data: {named} is for {having}.")
    return given


def _items(pipeline: "Pipeline", args: Namespace) -> list[Any]:
    return pipeline(
        args.num_samples,
        condition=conditions(args.condition, pipeline.condition, args.num_samples),
        seed=args.seed,
        truncation=args.truncation,
        **_own_options(pipeline, args),
    )


def _draw(pipeline: "Pipeline", args: Namespace) -> list[Path]:
    from multigan.modalities.kind import kind_of

    items = _items(pipeline, args)
    modality = pipeline.modality
    if args.sheet:
        columns = kind_of(modality.name).columns
        return [modality.write_sheet(items, args.out / f"sheet-{args.seed}", columns=columns)]
    return [
        modality.write(item, args.out / f"{args.seed}-{index:04d}")
        for index, item in enumerate(items)
    ]


def _walk(pipeline: "Pipeline", args: Namespace) -> list[Path]:
    from multigan.modalities.kind import kind_of
    from multigan.terminal.animation import write_animation

    frames = pipeline.interpolate(
        args.num_samples,
        condition=conditions(args.condition, pipeline.condition, args.num_samples),
        seed=args.seed,
        truncation=args.truncation,
        linear=args.linear,
    )
    modality, stem = pipeline.modality, f"walk-{args.seed}"
    paths = [
        modality.write(frame, args.out / f"{stem}-{index:04d}")
        for index, frame in enumerate(frames)
    ]
    columns = kind_of(modality.name).columns
    paths.append(modality.write_sheet(frames, args.out / f"{stem}-sheet", columns=columns))
    return [*paths, *write_animation(frames, args.out / f"{stem}.gif")]


def _vectors(texts: Sequence[str], num_samples: int) -> Any:
    import torch

    from multigan.errors import ConfigError

    try:
        vectors = [[float(number) for number in text.split(",")] for text in texts]
        return torch.tensor([vectors[index % len(vectors)] for index in range(num_samples)])
    except ValueError:
        raise ConfigError(
            "This generator is conditioned on vectors of one length, with commas between "
            f"numbers: --condition 0.5,1,0. It got {' '.join(texts)!r}."
        ) from None
