"""Trains the gallery's generators, measures them and packs them with their cards.

    python -m benchmarks gallery digits --data FOLDER --into multigan/sampling/gallery

FOLDER has mnist-train.parquet, mnist-test.parquet, fsdd.zip, coco-captions-train.txt and
coco-captions-test.txt, as far as they are needed. Notes are rendered from a soundfont, emoji from a
font. A run that was killed goes on; one that has finished is only measured and packed.
"""

import shlex
import time
from pathlib import Path
from typing import Any

from benchmarks.common.frame import make_parser
from benchmarks.gallery.emoji import FONT
from benchmarks.gallery.members import MEMBERS, Member, Sources
from benchmarks.gallery.packing import pack
from multigan.cli import main as multigan
from multigan.errors import RunError, known
from multigan.files import read_object, write_json
from multigan.runs.folder import find_runs
from multigan.runs.run import Run

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # Debian: fluid-soundfont-gm
SPENT = "processor.json"  # in a run's folder: what all sessions of it took


def words_of(name: str, member: Member, data: str) -> list[str]:
    """Returns the words after `multigan` that train a member."""
    changes = [f"--set={path}={value}" for path, value in member.changes.items()]
    return ["train", member.recipe, "--data", data, "--resume-or-start", name, *changes]


def newest(name: str, out: Path) -> Run | None:
    """Returns the newest run of that name, finished or not."""
    return next((Run(run.path) for run in reversed(find_runs(out)) if run.title == name), None)


def trained(name: str, member: Member, sources: Sources, out: Path) -> Run:
    """Returns a member's finished run; trains it, or goes on, if need be."""
    run = newest(name, out)
    if run is not None and run.status()["state"] == "finished":
        return run
    began = time.process_time()
    words = words_of(name, member, str(member.data(sources)))
    refused = multigan([*words, "--out", str(out), "--device", "cpu"])
    run = newest(name, out)
    if refused or run is None:
        raise RunError(f"{name} was not trained.")
    spent = read_object(run.path / SPENT).get("seconds", 0.0) + time.process_time() - began
    write_json(run.path / SPENT, {"seconds": round(spent, 1)})
    if run.status()["state"] != "finished":
        raise RunError(f"Run {run.path} has not finished. The same command goes on with it.")
    return run


def making_of(name: str, member: Member, run: Run, sources: Sources) -> dict[str, Any]:
    """Returns what a card says of how its generator was trained."""
    seconds = read_object(run.path / SPENT)["seconds"]
    return {
        "command": f"python -m benchmarks gallery {name} --data FOLDER",
        "trained_by": shlex.join(["multigan", *words_of(name, member, member.data(sources).name)]),
        "processor_minutes": round(seconds / 60, 1),
    }


def main() -> None:
    """Trains, measures and packs what was named, or all."""
    parser = make_parser(__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEMBERS))
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="where data sets are (data)"
    )
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help=f"({SOUNDFONT})")
    parser.add_argument("--font", type=Path, default=FONT, help=f"({FONT})")
    parser.add_argument(
        "--out", type=Path, default=Path("gallery-runs"), help="runs, and what is rendered"
    )
    parser.add_argument("--into", type=Path, help="pack each into a folder here (only train)")
    args = parser.parse_args()
    sources = Sources(args.data, args.soundfont, args.font, made=args.out)
    for name in args.names or MEMBERS:
        member = MEMBERS[known("generator of the gallery", name, MEMBERS)]
        run = trained(name, member, sources, args.out)
        if args.into is not None:
            making = making_of(name, member, run, sources)
            print(pack(name, member, run.pipeline(), sources, args.into / name, making=making))


if __name__ == "__main__":
    main()
