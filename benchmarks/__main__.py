"""`python -m benchmarks NAME [options]`: runs one bench; without a name, lists them.

A bench is a module here, or a folder with a `__main__`, that has a function `main()`, which reads
`sys.argv`. Its name is the file's, with dashes; what the list says is its docstring's first line.
"""

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from multigan.errors import MultiganError

HERE = Path(__file__).parent


def benches() -> dict[str, Path]:
    """Returns the file of every bench by its name."""
    alone = {path.stem: path for path in HERE.glob("*.py") if not path.stem.startswith("_")}
    folders = {path.parent.name: path for path in HERE.glob("*/__main__.py")}
    found = alone | folders
    return {name.replace("_", "-"): found[name] for name in sorted(found)}


def summary(path: Path) -> str:
    """Returns the first line of a file's docstring, without importing the file."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return (text or "").partition("\n")[0]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one bench and returns its exit code: 1 for an error of the user's, said in one line."""
    words = sys.argv[1:] if argv is None else list(argv)
    known = benches()
    if not words or words[0] in ("-h", "--help"):
        _list(known)
        return 0
    if words[0] not in known:
        print(f"There is no bench {words[0]!r}. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    before = sys.argv
    sys.argv = [f"python -m benchmarks {words[0]}", *words[1:]]
    try:
        return _run(known[words[0]])
    finally:
        sys.argv = before


def _run(path: Path) -> int:
    module = ".".join(["benchmarks", *path.relative_to(HERE).with_suffix("").parts])
    try:
        code: int | None = importlib.import_module(module).main()
    except SystemExit as ended:  # after --help, or after argparse has said what it cannot read
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
            return 1
        return ended.code or 0
    except MultiganError as error:
        print(f"{sys.argv[0]}: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return code or 0


def _list(known: dict[str, Path]) -> None:
    print("usage: python -m benchmarks NAME [options]\n")
    width = max(map(len, known))
    for name, path in known.items():
        print(f"  {name:{width}}  {summary(path)}")
    print("\nOptions of one: python -m benchmarks NAME --help")


if __name__ == "__main__":
    sys.exit(main())
