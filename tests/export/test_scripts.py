"""The scripts of a living page become one, in which no two modules have the same name."""

import re
from pathlib import Path

import multigan.export
from multigan.export.scripts import bundled

SITE = Path(multigan.export.__file__).parent / "site"
NAMES = re.compile(r"^(?:async )?(?:const|let|class|function) (\w+)", re.MULTILINE)


def test_modules_share_one_scope_without_a_clash():
    script = bundled(SITE)
    names = NAMES.findall(script)
    assert sorted(names) == sorted(set(names))
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)


def test_every_module_is_in_it_and_none_ends_the_page():
    script = bundled(SITE)
    for file in SITE.iterdir():
        if file.name.endswith(".js") and file.name != "worker.js":
            first = file.read_text().splitlines()[0]
            assert first.startswith("// "), file
            assert first in script, f"nothing imports {file.name}"
    assert "</script" not in script + (SITE / "worker.js").read_text()
