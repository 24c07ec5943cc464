"""The widgets' modules are joined to one, and JupyterLab's extension imports the same files."""

import re

import pytest

from multigan.notebook.assets import STATIC, script

DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:function|const|let) (\w+)|^const .*?, (\w+) =", re.M
)


@pytest.mark.parametrize("view", ["dashboard", "explorer", "compare", "tree", "runs"])
def test_a_view_is_one_module_without_imports_in_which_no_name_is_declared_twice(view):
    joined = script(view)
    assert not re.search(r"^import ", joined, re.M)
    assert joined.count("export ") == 1
    names = [name for found in DECLARED.finditer(joined) for name in found.groups() if name]
    assert sorted(names) == sorted(set(names))


def test_every_name_that_is_imported_is_exported():
    for file in STATIC.glob("*.js"):
        text = file.read_text()
        for names, module in re.findall(r'^import \{ ([^}]*) \} from "./(\w+).js";', text, re.M):
            other = (STATIC / f"{module}.js").read_text()
            for name in names.split(", "):
                assert re.search(rf"^export (async )?(function|const) {name}\b", other, re.M), name
