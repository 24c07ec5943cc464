"""The house as it is drawn: imports point down, kinds of data are apart, and importing is cheap."""

import ast
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

import multigan

ROOT = Path(multigan.__file__).parent
DRAWN = ROOT.parent / "ARCHITECTURE.md"

# Highest first. What shares a row may import what stands to the right of it, never to the left.
ROWS = {
    (
        "notebook",
        "cli",
        "export",
        "terminal",
    ): "what people touch; what leaves the house; what a shell and a cell do alike",
    (
        "runs",
    ): "one process training one run; its folder; resume, fork, heal, the doctor, its report",
    ("modalities",): "image, text, audio: a folder each, plugged in by one `Kind`",
    (
        "metrics",
        "sampling",
        "report",
        "data",
    ): "what kinds share: distances, pipelines, pages, sources",
    ("core",): "the adversarial game on tensors, the trainer, the engine",
    (
        "config",
        "typed",
    ): "recipes; one checker for everything typed; registries of named components",
    ("imports", "files", "errors"): "names on demand; files that appear whole; the exception tree",
}
RANK = {name: (-row, -place) for row, names in enumerate(ROWS) for place, name in enumerate(names)}
KINDS = ("image", "text", "audio")

SOURCES = {
    ".".join(("multigan", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(ROOT.rglob("*.py"))
}


def imports(module: str) -> dict[str, bool]:
    """Returns the modules that one imports, lazily or not, and whether any import is eager."""
    found: dict[str, bool] = {}

    def visit(node: ast.AST, eager: bool) -> None:
        for child in ast.iter_child_nodes(node):
            names = []
            if isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{module} imports relatively"
                whole = child.module or ""
                inner = (f"{whole}.{alias.name}" for alias in child.names)
                names = [name if name in SOURCES else whole for name in inner]
            elif isinstance(child, ast.Import):
                names = [alias.name for alias in child.names]
            for name in names:
                found[name] = found.get(name, False) or eager
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or (
                isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            )
            visit(child, eager and not later)

    visit(ast.parse(SOURCES[module].read_text()), True)
    return {name: eager for name, eager in found.items() if name.split(".")[0] == "multigan"}


IMPORTS = {module: imports(module) for module in SOURCES}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", [m for m in SOURCES if not room(m).startswith("_") and room(m)])
def test_imports_point_down(module):
    here = room(module)
    for other in {room(name) for name in IMPORTS[module]} - {here, ""}:
        assert RANK[other] < RANK[here], f"{module} must not import {other}"


def kind_in(path: str) -> str | None:
    """Returns the kind of data in whose folder a dotted path lies."""
    return next((k for k in KINDS if f"{path}.".startswith(f"multigan.modalities.{k}.")), None)


def test_kinds_of_data_do_not_import_one_another():
    crossing = [
        (module, name)
        for module in SOURCES
        for name in IMPORTS[module]
        if kind_in(module) and kind_in(name) and kind_in(name) != kind_in(module)
    ]
    # `speech` trains image networks on spectrograms on purpose.
    assert {module for module, _ in crossing} <= {"multigan.modalities.audio.recipes"}, crossing


def test_no_module_imports_in_a_circle():
    eager = {m: [n for n, now in IMPORTS[m].items() if now and n in SOURCES] for m in SOURCES}
    done: set[str] = set()

    def follow(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module not in done:
            for name in eager[module]:
                follow(name, (*way, module))
            done.add(module)

    for module in SOURCES:
        follow(module, ())


def layer_table() -> str:
    """Returns the rows as ARCHITECTURE.md shows them."""
    width = max(len("  ".join(names)) for names in ROWS)
    return "".join(f"    {'  '.join(names):{width}}  {what}\n" for names, what in ROWS.items())


def test_the_table_of_layers_is_the_one_that_is_tested():
    assert layer_table() in DRAWN.read_text(), f"ARCHITECTURE.md should have:\n{layer_table()}"


def test_the_top_of_the_package_is_what_the_rows_name():
    found = {
        path.stem
        for path in ROOT.iterdir()
        if path.suffix in ("", ".py") and not path.name.startswith(("_", "labextension"))
    }
    assert found == set(chain(*ROWS))
    assert len(found) <= 16


# What tests the whole, in folders and files that are no room's.
OF_THE_WHOLE = {
    *("benchmarks", "browser", "contracts", "docs", "golden", "learning", "plugins", "pretend_gpu"),
    *("test_architecture", "test_golden", "test_strangers"),
}


def test_tests_lie_in_the_rooms_of_what_they_test():
    tests = Path(__file__).parent
    found = {path.stem for path in tests.glob("test_*.py")}
    found |= {path.parent.name for path in tests.glob("*/__init__.py")}
    rooms = {form.format(name) for name in chain(*ROWS) for form in ("{}", "test_{}")}
    assert found - OF_THE_WHOLE <= rooms, "tests/ has the folders that multigan/ has"


SLOW_TO_IMPORT = ("torch", "filelock", "jinja2", "rich")


@pytest.mark.parametrize(
    "module",
    [
        "multigan",
        "multigan.cli",
        "multigan.runs.folder",
        "multigan.runs.steering",
        "multigan.modalities.recipes",
    ],
)
def test_importing_costs_next_to_nothing(module):
    code = f"import sys, {module}; sys.exit(str(set({SLOW_TO_IMPORT}) & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""


# What a command is, less what it does.
PARSERS = {"COMMANDS", "SUMMARY", "add_arguments", "add_options"}
COMMAND_MODULES = {"fork", "resume", "sample", "train"}


def names_of_cli(tree: ast.Module) -> set[str]:
    """Returns what a module takes from `multigan.cli`; a command's own names as `command.name`."""
    found, commands = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("multigan.cli")}
        elif isinstance(node, ast.ImportFrom) and node.module == "multigan.cli":
            names = {alias.name for alias in node.names}
            commands |= names & COMMAND_MODULES
            found |= names - COMMAND_MODULES
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("multigan.cli."):
            found |= set() if node.module == "multigan.cli.commands" else {node.module}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {node.attr} if node.value.id in commands else set()
    return found


def test_the_notebook_takes_nothing_but_parsers_of_the_command_line():
    files = sorted((ROOT / "notebook").rglob("*.py"))
    taken = {file.name: names_of_cli(ast.parse(file.read_text())) - PARSERS for file in files}
    assert {name: found for name, found in taken.items() if found} == {}
    assert names_of_cli(ast.parse("from multigan.cli import train\ntrain.run()")) == {"run"}
    assert names_of_cli(ast.parse("from multigan.cli.runs import turn")) == {"multigan.cli.runs"}


def test_every_public_name_is_there():
    for name in multigan.__all__:
        assert getattr(multigan, name) is not None
    with pytest.raises(AttributeError):
        _ = multigan.nothing
    assert set(multigan.__all__) <= set(dir(multigan))


# What is about one kind of data on purpose, and names that everybody knows.
ABOUT_ONE_KIND = {
    "cli/data/notes.py": "`multigan data notes` writes a set of sounds",
    "cli/inspect.py": "`multigan inspect` measures representations of sounds",
    "cli/play.py": "`multigan play` plays notes",
    "cli/stream_sound.py": "`multigan stream` makes sound without an end",
    "config.py": "a recipe file may leave out that its data are images",
    "imports/moved.py": "old paths, and where they lead",
    "runs/trainers.py": "`ImageTrainer` and `TextTrainer` are public, and named after their recipe",
}
# The same words with another meaning: keys of JSON, of PNG files and of pip's extras.
NOT_KINDS = {
    "cli/checks.py": {"audio", "text"},
    "cli/runs/heal.py": {"text"},
    "imports/pretrained.py": {"text"},
    "metrics/pretrained_extractors.py": {"text"},
    "notebook/plain.py": {"text"},
    "notebook/still_card.py": {"text"},
    "report/media.py": {"text"},
    "runs/heal.py": {"text"},
    "runs/records.py": {"text"},
}


def named_kinds(tree: ast.Module) -> set[str]:
    """Returns the kinds of data that a module names in a string or by an import."""
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    paths = {word for word in words if isinstance(word, str) and word.startswith("multigan.")}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            paths |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            paths |= {alias.name for alias in node.names}
    inside = {kind for path in paths if (kind := kind_in(path))}
    return inside | (set(KINDS) & words)


def test_no_kind_is_named_outside_its_folder():
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        if not file.startswith("modalities/"):
            found[file] = named_kinds(ast.parse(path.read_text())) - NOT_KINDS.get(file, set())
    wrong = {file: kinds for file, kinds in found.items() if kinds and file not in ABOUT_ONE_KIND}
    assert not wrong, f"Ask `kind_of(name)` for what differs, in a field of `Kind`: {wrong}"
    assert {file for file in ABOUT_ONE_KIND if not found[file]} == set(), "no longer needed"
    assert named_kinds(ast.parse("import multigan.modalities.text.text_game\nx = 'audio'")) == {
        *("text", "audio")
    }


# Words for what only one kind of data has.
WORDS_OF_ONE_KIND = re.compile(
    r"\b(wavs?|flac|midi|mel|sample_rate|spectrograms?|vocoders?|pitch(es)?|melod(y|ies)"
    r"|prompts?|tokenizers?|oracle|stacked)\b",
    re.IGNORECASE,
)
A_FILE_TYPE = "a type of file that can be shown, whichever kind of data is written so"
THE_EXPLORER_S = "what an explorer has to fill in where the pipeline takes it"
WORDS_ALLOWED = {
    "cli/bench/__init__.py": "says what became of benches by their names",
    "cli/look.py": A_FILE_TYPE,
    "imports/hub_names.py": A_FILE_TYPE,
    "notebook/commands/sample.py": A_FILE_TYPE,
    "notebook/exploring.py": THE_EXPLORER_S,
    "notebook/in_memory.py": A_FILE_TYPE,
    "notebook/plain.py": A_FILE_TYPE,
    "notebook/plain_explorer.py": THE_EXPLORER_S,
    "notebook/stills.py": A_FILE_TYPE,
    "report/media.py": A_FILE_TYPE,
    "runs/folder.py": "names of files that runs have on disk",
    "typed/component.py": "an example in an error",
}


def words_of_one_kind(tree: ast.Module) -> set[str]:
    """Returns such words in a module's names and texts, but for docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    ]
    for node in ast.walk(tree):
        texts += [getattr(node, field, None) for field in ("id", "attr", "arg")]
    found = chain.from_iterable(map(WORDS_OF_ONE_KIND.finditer, filter(None, texts)))
    return {match[0].lower() for match in found}


def test_nothing_outside_its_folder_speaks_of_what_one_kind_has():
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        if not file.startswith("modalities/") and file not in ABOUT_ONE_KIND:
            found[file] = words_of_one_kind(ast.parse(path.read_text()))
    wrong = {file: words for file, words in found.items() if words and file not in WORDS_ALLOWED}
    assert not wrong, f"Move it behind a field of `Kind`: {wrong}"
    assert {file for file in WORDS_ALLOWED if not found[file]} == set(), "no longer needed"
    assert words_of_one_kind(ast.parse('"""A mel."""\nx.midi("stacked:a")')) == {"midi", "stacked"}


# Registries are doors for plug-ins: what somebody who opens one brings along. What nobody would
# bring is an attribute or an argument.
REGISTRIES = {
    "AUGMENTATIONS": "what the discriminator sees samples through",
    "CONTROLLERS": "what turns a knob by a signal",
    "DATA": "data sets of a kind that there is; empty but for plug-ins'",
    "DISCRIMINATORS": "networks",
    "EXTRACTORS": "networks whose features are compared, such as a lab's own",
    "GENERATORS": "networks",
    "INVERTERS": "vocoders and other ways from magnitudes to sound",
    "KINDS": "kinds of data",
    "LOSSES": "pairs of functions of logits",
    "METRICS": "what is measured of samples",
    "OBJECTIVES": "games and other things to optimize",
    "RECIPES": "named configurations, of one's own components too",
    "REGULARIZERS": "penalties and other terms",
    "RELAXATIONS": "ways of a gradient to a generator of tokens",
    "REPRESENTATIONS": "what networks see of sounds",
}


def registries_of(tree: ast.Module) -> set[str]:
    """Returns the names that a module binds to a new `Registry`."""
    bound = [(node.target, node.value) for node in tree.body if isinstance(node, ast.AnnAssign)]
    return {
        ast.unparse(name)
        for name, value in bound
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "Registry"
    }


def test_every_registry_is_a_door_that_somebody_uses():
    found = set(chain(*(registries_of(ast.parse(p.read_text())) for p in SOURCES.values())))
    assert found == set(REGISTRIES), "Say what a plug-in would bring, or use an attribute."


# Names that several files or folders have, and what they mean in each. Not here: a command and what
# it does, and what every kind of data has at the same place.
SAME_MEANING = {
    "commands": "what people may type",
    "completion": "what a word may become when somebody presses Tab",
    "data": "data sets, and the group of commands about them",
    "export": "the command, and what leaves the house",
    "gallery": "generators that come with the package, and the command about them",
    "modes": "of a distribution: how many of them a generator reaches",
    "notes": "single notes of instruments, as data",
    "objectives": "objectives as recipes name them",
    "origins": "what data may be named, and how that is opened",
    "pretrained": "networks that somebody else has trained",
    "report": "what pages for people are made of, and the page of a run",
    "runs": "run directories, and the group of commands about them",
    # A kind's own beside what all kinds share.
    "graph": "a generator as a function of tensors, for other runtimes",
    "kind": "a kind of data in one object",
    "load": "from what a person names to a loaded data set",
    "loaded": "what a loader returns",
    "metrics": "what generators are measured by",
    "modality": "from raw data to samples and back",
    "pipeline": "what samples a generator",
    "recipes": "named configurations",
    "sight": "what a person should know of loaded data",
    "suit": "what a general recipe leaves open, chosen for the data",
}
# Where the file of a command stands, and of what it does.
COMMANDS_STAND = re.compile(r"multigan\.(cli|cli\.\w+|notebook\.commands|runs)\.\w+")
KIND_S_OWN = re.compile(rf"multigan\.modalities\.({'|'.join(KINDS)})\.(?P<place>.+)")


def is_drawn_twice(modules: list[str]) -> bool:
    """Whether files of one name are a command and what it does, or one place in several kinds."""
    own = [KIND_S_OWN.fullmatch(module) for module in modules]
    if all(own):
        return len({match["place"] for match in own if match}) == 1
    return all(map(COMMANDS_STAND.fullmatch, modules))


def stems_that_occur_twice() -> set[str]:
    by_stem: dict[str, list[str]] = {}
    for module in SOURCES:
        by_stem.setdefault(module.rpartition(".")[2], []).append(module)
    return {s for s, found in by_stem.items() if len(found) > 1 and not is_drawn_twice(found)}


def test_no_file_name_means_two_things():
    twice = stems_that_occur_twice()
    new, gone = twice - set(SAME_MEANING), set(SAME_MEANING) - twice
    assert not new, f"Give one of each another name, or say what both mean: {new}"
    assert not gone, f"Shorten the table: {gone}"
    assert is_drawn_twice(["multigan.cli.fork", "multigan.runs.fork"])
    assert not is_drawn_twice(["multigan.data.sight", "multigan.modalities.audio.sight"])
