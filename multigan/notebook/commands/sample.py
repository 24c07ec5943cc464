"""`%multigan sample`: make samples, and show them."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from IPython.display import display
from PIL import Image

from multigan.cli import sample
from multigan.notebook import stills
from multigan.notebook.manners import add_optional_run
from multigan.notebook.showing import named_run
from multigan.terminal.sample_files import make

SUMMARY = sample.SUMMARY
COLUMNS = 8
SHOWN = {".png": 64, ".gif": 1, ".wav": 8, ".txt": 16}  # of each kind of file


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what the shell's command takes; without RUN it is the current one."""
    add_optional_run(parser)
    sample.add_options(parser, out="folder to write them to (they are only shown)")


def run(args: Namespace) -> None:
    """Shows the samples; writes them into a folder only if one is named."""
    args.run_name = named_run(args)
    if args.out is None:
        with TemporaryDirectory() as folder:
            args.out = Path(folder)
            show(make(args, in_files=True))
        return
    paths = make(args, in_files=True)
    show(paths)
    more = f" to {paths[-1].name}" if len(paths) > 1 else ""
    print(f"{len(paths)} files in {args.out}: {paths[0].name}{more}")


def show(paths: Sequence[Path]) -> None:
    """Shows files of samples: an animation alone, pictures as one sheet, sounds with players."""
    kinds = {
        kind: [path for path in paths if path.suffix == kind][:most] for kind, most in SHOWN.items()
    }
    if kinds[".gif"]:
        kinds[".png"] = []  # they are its frames
    if len(kinds[".png"]) > 1:
        display(_sheet(kinds.pop(".png")))
    for path in (path for files in kinds.values() for path in files):
        display(stills.of_file(path, path.name), raw=True)


def _sheet(paths: Sequence[Path]) -> Image.Image:
    from multigan.modalities.shared.contact_sheet import draw_sheet

    pictures = [Image.open(BytesIO(path.read_bytes())) for path in paths]
    return draw_sheet(pictures, columns=COLUMNS)
