"""The page's scripts as one: modules in the order of their imports, without the import lines."""

import re
from pathlib import Path

FIRST = "boot.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)


def bundled(folder: Path) -> str:
    """Returns `boot.js` with all that it imports, for a page that has no files beside it.

    Modules share one scope then, so that no two may have the same name at their top.
    """
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        source = (folder / name).read_text()
        done[name] = ""  # a circle of imports ends here
        for other in IMPORT.findall(source):
            add(other)
        del done[name]
        done[name] = EXPORT.sub("", IMPORT.sub("", source))

    add(FIRST)
    return "\n".join(done.values())
