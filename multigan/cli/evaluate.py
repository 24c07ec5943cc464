"""`multigan evaluate`: measure how good a run's samples are."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from multigan.cli.commands import add_data, add_device, add_json, add_run

if TYPE_CHECKING:
    from multigan.metrics.result import MetricResult
    from multigan.runs.run import Run

SUMMARY = "Measure a run's samples (of its EMA generator) against real data."

COLUMNS = ["metric", "value", "real against real", "generated", "real", "split", "measured with"]
ROUND_TRIP = "after the round trip"  # of real clips, through the representation and back


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to measure, and against what."""
    add_run(parser)
    parser.add_argument(
        "--metrics", nargs="+", metavar="NAME", help="what to measure (all that suits the data)"
    )
    parser.add_argument("-n", "--num-samples", type=int, default=2000, help="how many (2000)")
    parser.add_argument(
        "-k",
        type=int,
        metavar="NEIGHBOR",
        help="up to which neighbor precision, recall (3), density and coverage (5) look",
    )
    parser.add_argument(
        "--extractor",
        default="",
        help="the network whose features are compared; of sounds also clap:, ast: or codec:FOLDER",
    )
    parser.add_argument(
        "--reference", metavar="PATH", help="other real data, e.g. a held-out split"
    )
    parser.add_argument(
        "--split", metavar="NAME", help="which part of the reference, or of the run's own data"
    )
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="PAGE",
        help="of sounds: write each beside its nearest training clip, which shows overfitting",
    )
    add_data(parser)
    parser.add_argument("--seed", type=int, default=0, help="fixes the samples (0)")
    add_device(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Measures, and prints a row for each metric."""
    from multigan.config import located
    from multigan.runs.evaluate import evaluate_run
    from multigan.runs.run import Run
    from multigan.terminal.output import print_json, print_table, remark

    run = Run.find(args.run_name, args.runs)
    results = evaluate_run(
        run,
        metrics=metric_names(args.metrics),
        num_samples=args.num_samples,
        extractor=args.extractor,
        reference=None if args.reference is None else located(args.reference),
        split=args.split,
        seed=args.seed,
        device=args.device,
        data=None if args.data is None else located(args.data),
        on_note=remark,
        k=args.k,
    )
    _show_nearest(run, args)
    if args.json:
        print_json([result.to_json() for result in results])
    else:
        with_bound = any(result.round_trip_bound is not None for result in results)
        columns = [*COLUMNS[:3], ROUND_TRIP, *COLUMNS[3:]] if with_bound else COLUMNS
        print_table(columns, [table_row(result, with_bound) for result in results])


def _show_nearest(run: "Run", args: Namespace) -> None:
    """Writes samples beside their nearest training samples: into the report, and where asked to."""
    from multigan.config import located
    from multigan.errors import ConfigError, MeasureError
    from multigan.modalities.kind import kind_of
    from multigan.runs.assemble import load_data
    from multigan.runs.report import write_report
    from multigan.terminal.output import remark

    kind = kind_of(run.recipe.modality)
    if args.pairs is not None and kind.write_pairs is None:
        raise ConfigError(f"Of {run.recipe.modality} data no pairs are shown: leave out --pairs.")
    if kind.keep_nearest is None:
        return
    own = load_data(run.recipe, None if args.data is None else located(args.data))
    pipeline = run.pipeline(device=args.device)
    pages = []
    if args.pairs is not None and kind.write_pairs is not None:
        pages.append(kind.write_pairs(pipeline, own, args.pairs, seed=args.seed))
    try:
        kind.keep_nearest(pipeline, own, run.nearest_file, seed=args.seed)
    except MeasureError as error:
        remark(f"No samples are shown beside their nearest training samples: {error}")
        return
    pages.append(write_report(run))
    remark(f"Samples beside their nearest training samples: {', '.join(map(str, pages))}")


def metric_names(given: list[str] | None) -> list[str]:
    """Returns the names of metrics that were given, with spaces or commas between.

    Example:
        >>> metric_names(["frechet,recall", "coverage"])
        ['frechet', 'recall', 'coverage']
    """
    return [name for text in given or [] for name in text.split(",") if name]


def table_row(result: "MetricResult", with_bound: bool = False) -> list[str | int]:
    """Returns a result's cells: a number never stands without what it was measured with."""
    spread = "" if result.std is None else f" ± {result.std:.2g}"
    bound = "–" if result.round_trip_bound is None else f"{result.round_trip_bound:.4g}"
    return [
        result.label if result.inception else result.title,
        f"{result.value:.4g}{spread}",
        result.beside,
        *([bound] if with_bound else []),
        result.n_fake,
        result.n_real,
        result.split,
        _protocol(result),
    ]


def _protocol(result: "MetricResult") -> str:
    name = str(result.extractor.get("name", "–"))
    return name if result.k is None else f"{name}, k={result.k}"
