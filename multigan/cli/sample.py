"""`multigan sample`: make samples from a trained run."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_device, add_run

if TYPE_CHECKING:
    from multigan.core.condition import ConditionSpec
    from multigan.sampling.pipeline import Pipeline

SUMMARY = "Make samples from a trained run."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to sample from, how many samples and which."""
    add_run(parser)
    add_checkpoint(parser)
    parser.add_argument("-n", "--num-samples", type=int, default=16, help="how many (16)")
    parser.add_argument(
        "--condition",
        "--class",
        action="append",
        default=[],
        metavar="CLASS",
        help="a class by number or name; several, also separated by commas, are taken in turn",
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes the latents (0)")
    parser.add_argument(
        "--truncation", type=float, default=1.0, help="less than 1: more alike, more faithful (1)"
    )
    _add_text(parser)
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument("--sheet", action="store_true", help="write one file with all of them")
    layout.add_argument(
        "--interpolate", action="store_true", help="write the frames of a walk between two latents"
    )
    layout.add_argument(
        "--directions",
        metavar="METHOD",
        help="write a sheet along the latent directions that matter: principal (GANSpace), "
        "factorized (SeFa) or random; -n says how many",
    )
    layout.add_argument(
        "--mix",
        action="store_true",
        help="write a sheet of -n samples (rows) with the finer styles of as many others (columns)",
    )
    layout.add_argument(
        "--project", metavar="DATA", help="find the first -n samples of DATA in the latent space"
    )
    parser.add_argument(
        "--linear", action="store_true", help="interpolate along straight lines, not arcs"
    )
    parser.add_argument("--out", type=Path, help="folder (samples; text is printed without one)")
    parser.add_argument(
        "--format", choices=("wav", "flac"), help="of sounds: how they are written (wav)"
    )
    add_device(parser)


def add_checkpoint(parser: ArgumentParser) -> None:
    """Adds which of a run's checkpoints to sample."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--step", type=int, help="sample the checkpoint of this step (the newest)")
    source.add_argument("--best", action="store_true", help="sample the best checkpoint")
    source.add_argument(
        "--average",
        type=float,
        metavar="LENGTH",
        help="average the weights over this share of the training, 0.01 to 0.25, whatever the "
        "recipe's half-life; for runs that stored profiles (--set profile_every=500)",
    )


def run(args: Namespace) -> None:
    """Writes the samples and prints the path of each file; prints text, if no folder is named."""
    pipeline = open_pipeline(args)
    layout = args.sheet or args.interpolate or args.directions or args.project
    if pipeline.modality.name == "text" and args.out is None and not layout:
        lines: Sequence[Any] = _items(pipeline, args)
    else:
        lines = _made(pipeline, args)
    for line in lines:
        print(line)


def make(args: Namespace) -> list[Path]:
    """Writes the samples and returns the path of each file."""
    return _made(open_pipeline(args), args)


def _made(pipeline: "Pipeline", args: Namespace) -> list[Path]:
    args.out = args.out or Path("samples")
    _make_folder(args.out)
    if args.format is not None:
        _choose_format(pipeline, args.format)
    return _written(pipeline, args)


def _choose_format(pipeline: "Pipeline", name: str) -> None:
    from multigan.errors import ConfigError
    from multigan.modalities.audio.modality import AudioModality

    if not isinstance(pipeline.modality, AudioModality):
        raise ConfigError(f"--format {name} is for sounds, which this pipeline does not make.")
    pipeline.modality.suffix = f".{name}"


def conditions(texts: Sequence[str], spec: "ConditionSpec | None", num_samples: int) -> Any:
    """Returns what a pipeline is told: nothing, or one condition for each sample in turn.

    A text is the name or number of a class, or some of them with commas between; for a generator
    that is told attributes it names all those of one sample, and for one that is told vectors it is
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
    """Returns the pipeline of a run, or of a folder that `save_pretrained` wrote."""
    from multigan.errors import ConfigError
    from multigan.runs.run import Run
    from multigan.sampling.pipeline import Pipeline

    if (Path(args.run_name) / "pipeline.json").is_file():
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
    from multigan.cli.latent_space import write_directions, write_mixtures, write_projections

    if args.interpolate:
        return _walk(pipeline, args)
    if args.directions is not None:
        return write_directions(pipeline, args, args.condition[0] if args.condition else None)
    if args.mix:
        return [write_mixtures(pipeline, args, args.condition[0] if args.condition else None)]
    if args.project is not None:
        told = conditions(args.condition, pipeline.condition, args.num_samples)
        return write_projections(pipeline, args, told)
    return _draw(pipeline, args)


def _add_text(parser: ArgumentParser) -> None:
    text = parser.add_argument_group("text")
    text.add_argument("--prompt", help="how the texts begin")
    text.add_argument(
        "--temperature", type=float, help="less than 1: likelier tokens; 0: the likeliest (1)"
    )
    text.add_argument("--top-k", type=int, help="draw from the likeliest so many tokens (all)")
    text.add_argument("--top-p", type=float, help="draw from the likeliest that make this up (1)")


def _text_options(pipeline: "Pipeline", args: Namespace) -> dict[str, Any]:
    from multigan.errors import ConfigError

    names = ("prompt", "temperature", "top_k", "top_p")
    given = {name: value for name in names if (value := getattr(args, name)) is not None}
    if given and pipeline.modality.name != "text":
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigError(f"This run makes {pipeline.modality.name}s: {named} is for text.")
    return given


def _items(pipeline: "Pipeline", args: Namespace) -> list[Any]:
    return pipeline(
        args.num_samples,
        condition=conditions(args.condition, pipeline.condition, args.num_samples),
        seed=args.seed,
        truncation=args.truncation,
        **_text_options(pipeline, args),
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
    from multigan.cli.animation import write_animation
    from multigan.modalities.kind import kind_of

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
            f"This generator is told vectors, written as numbers with commas between, all of one "
            f"length: --condition 0.5,1,0. It got {' '.join(texts)!r}."
        ) from None
