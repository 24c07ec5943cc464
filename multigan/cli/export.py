"""`multigan export`: a trained generator as an ONNX file, which runs without multigan."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from multigan.cli.commands import add_device, add_generator
from multigan.cli.sample import add_checkpoint

SUMMARY = "Write a trained generator as an ONNX file, which runs without multigan."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to export, and how."""
    add_generator(parser)
    add_checkpoint(parser)
    parser.add_argument("--to", choices=("onnx",), default="onnx", help="the format (onnx)")
    parser.add_argument(
        "--precision",
        choices=("float32", "float16", "int16"),
        default="float32",
        help="of the weights: float16 takes half the space, and so do whole numbers with a scale "
        "for each row, int16, which round less; arithmetic stays float32 (float32)",
    )
    parser.add_argument("--out", type=Path, help="file to write (the run's name, .onnx)")
    add_device(parser)


def run(args: Namespace) -> None:
    """Writes the file once it agrees with torch, and says how well."""
    from multigan.export.onnx_file import to_onnx
    from multigan.export.origin import origin_of
    from multigan.terminal.output import remark
    from multigan.terminal.sample_files import open_pipeline

    pipeline = open_pipeline(args).to("cpu")
    origin = origin_of(args)
    exported = to_onnx(pipeline, precision=args.precision, about=origin.facts)
    print(exported.save(args.out or Path(f"{origin.name}.onnx")))
    remark(
        f"{len(exported.model) / 1e6:.1f} MB; the largest difference from torch is "
        f"{exported.difference:.1g}."
    )
