"""Code of one's own works by name everywhere; code that this user never named never runs."""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import multigan
from multigan import Pipeline, Recipe, Run, load_plugin, recipe
from multigan.cli import main
from multigan.core.registries import GENERATORS, KINDS
from multigan.errors import ConfigError
from multigan.imports import plugins
from multigan.imports.plugins import Plugin, require
from multigan.typed.registry import Registry
from tests.plugins import CURVES, PARTS, forget

OWN = {
    "generator": "my-generator",
    "generator.gain": 2,
    "discriminator": "my-discriminator",
    "loss": "my-loss",
    "regularizers": {"my-penalty": {"weight": 0.2}},
    "augment": "my-augmentation",
    "batch_size": 8,
    "checkpoint_every": 2,
}
SET = [word for name, v in OWN.items() for word in ("--set", f"{name}={json.dumps(v)}")]


@pytest.fixture(autouse=True)
def new_process():
    forget()
    yield
    forget()


def names_in(file: Path) -> list[str]:
    return [one["name"] for one in json.loads(file.read_text()).get("plugins", [])]


def trained(out: Path, *more: str) -> Run:
    command = ["train", "image", "--data", "my-data", "--plugin", str(PARTS), "--out", str(out)]
    assert main([*command, "--steps", "4", *SET, *more]) == 0
    return Run(out / "0001-image")


def test_parts_of_ones_own_do_all_by_name(tmp_path, capsys):
    run = trained(tmp_path)
    assert names_in(run.recipe_file) == [str(PARTS)]
    assert names_in(run.pipeline_folder / "pipeline.json") == [str(PARTS)]
    where = ["--runs", str(tmp_path)]
    augment = ["augment", "1", "--data", "my-data", "--out"]
    for words in (
        ["resume", "1", "--steps", "6"],
        ["sample", "1", "-n", "2", "--out", str(tmp_path / "samples")],
        ["sample", str(run.pipeline_folder), "-n", "2", "--out", str(tmp_path / "more")],
        ["evaluate", "1", "-n", "32", "--metrics", "spread"],
        ["evaluate", "1", "-n", "32", "--metrics", "spread", "--reference", "my-data"],
        ["fork", "1", "--step", "4", "--steps", "6", "--set", "regularizers.my-penalty.weight=1"],
        [*augment, str(tmp_path / "mixed")],
        [
            "augment",
            "1",
            "--data",
            "my-data",
            "--out",
            str(tmp_path / "b"),
            "--filter",
            "discriminator",
        ],
    ):
        forget()  # as a new shell does
        assert main([*words, *where]) == 0, capsys.readouterr().err
    assert Run(tmp_path / "0002-image").recipe.regularizers["my-penalty"]["weight"] == 1
    assert names_in(tmp_path / "0002-image" / "recipe.json") == [str(PARTS)]
    assert len(list((tmp_path / "samples").glob("*.png"))) == 2


def test_a_recipe_that_is_written_down_keeps_its_plug_ins(tmp_path, capsys):
    written = tmp_path / "own.json"
    command = ["train", "image", "--data", "my-data", *SET, "--steps", "2"]
    assert main([*command, "--plugin", str(PARTS), "--dry-run", "--json"]) == 0
    written.write_text(capsys.readouterr().out)
    forget()
    assert main(["train", str(written), "--out", str(tmp_path)]) == 0


def test_python_and_the_shell_share_plug_ins(tmp_path):
    plugin = load_plugin(CURVES)
    assert plugin.name == str(CURVES)
    chosen = recipe("curves").changed({"steps": 1})
    run = multigan.runs.session.start(chosen, out=tmp_path).fit()
    assert run.recipe.plugins == (plugin,)
    forget()
    assert main(["sample", str(run.path), "-n", "1", "--out", str(tmp_path / "samples")]) == 0
    assert run.pipeline()(1)


def test_recipes_name_the_plug_ins_that_they_use_and_no_others(tmp_path):
    load_plugin(CURVES)
    load_plugin(PARTS)
    assert recipe("digits").with_plugins().plugins == ()
    own = recipe("digits").changed({"loss": "my-loss"}).with_plugins()
    assert [one.name for one in own.plugins] == [str(PARTS)]
    assert recipe("digits").to_json().keys() >= {"name"}
    assert "plugins" not in recipe("digits").to_json()
    assert Recipe.from_json(own.to_json()) == own


# What a stranger may send


@pytest.fixture
def trap(tmp_path) -> Path:
    """A plug-in that leaves a trace of having run, and what the trace is."""
    file = tmp_path / "trap.py"
    file.write_text(
        f"from pathlib import Path\n\nPath({str(tmp_path / 'trace')!r}).touch()\n"
        f"{PARTS.read_text()}"
    )
    return file


def sprung(trap: Path) -> bool:
    return (trap.parent / "trace").exists()


@pytest.fixture
def foreign(tmp_path, trap, own_configuration) -> Run:
    command = ["train", "image", "--data", "my-data", "--plugin", str(trap), *SET, "--steps", "4"]
    assert main([*command, "--out", str(tmp_path / "runs")]) == 0
    (trap.parent / "trace").unlink()
    (own_configuration / "plugins.json").unlink()
    forget()
    return Run(tmp_path / "runs" / "0001-image")


def commands(run: Run) -> list[list[str]]:
    where = str(run.path)
    out = ["--out", str(run.path.parent / "out")]
    return [
        ["sample", where, *out],
        ["sample", str(run.pipeline_folder), *out],
        ["resume", where, "--steps", "9"],
        ["fork", where, "--step", "2"],
        ["evaluate", where, "-n", "16"],
        ["augment", where, "--data", "my-data", *out],
        ["train", str(run.recipe_file), *out],
        ["train", str(run.recipe_file), "--dry-run"],
        ["bench", "sample", where],
        ["bench", "step", str(run.recipe_file)],
    ]


def test_code_that_was_never_named_never_runs(foreign, trap, capsys):
    for words in commands(foreign):
        assert main(words) == 1, words
        said = capsys.readouterr().err
        assert "needs the plug-in" in said
        assert "Nothing of it was run" in said
        assert "--plugin trap.py" in said
    for ask in (foreign.pipeline, foreign.discriminator):
        with pytest.raises(ConfigError, match="--plugin"):
            ask()
    with pytest.raises(ConfigError, match="--plugin"):
        Pipeline.from_pretrained(foreign.path)
    with pytest.raises(ConfigError, match="--plugin"):
        multigan.resume(foreign.path, steps=9)
    with pytest.raises(ConfigError, match="--plugin"):
        multigan.fork(foreign.path, step=2)
    assert not sprung(trap)
    assert [path.name for path in foreign.path.parent.iterdir()] == ["0001-image"]


def test_runs_are_looked_at_without_their_plug_ins(foreign, trap, capsys):
    where = ["--runs", str(foreign.path.parent)]
    for words in (["list"], ["show", "1"], ["compare", "1", "1"]):
        assert main(["runs", *words, *where]) == 0
    assert foreign.recipe.loss == "my-loss"
    assert not sprung(trap)


def test_once_named_it_runs_by_itself_until_it_changes(foreign, trap, tmp_path, capsys):
    sample = ["sample", str(foreign.path), "-n", "1", "--out", str(tmp_path / "samples")]
    assert main([*sample, "--plugin", str(trap)]) == 0
    forget()
    (tmp_path / "trace").unlink()
    assert main(sample) == 0
    assert sprung(trap)
    forget()
    (tmp_path / "trace").unlink()
    trap.write_text(trap.read_text() + "\n# changed\n")
    assert main(sample) == 1
    assert not sprung(trap)
    said = capsys.readouterr().err
    assert "what you have named is another version of it" in said
    assert f"--plugin {trap}" in said


@pytest.mark.parametrize("field", ["name", "path", "sha256"])
def test_path_and_hash_must_both_be_those_that_were_named(field, foreign, trap, own_configuration):
    load_plugin(trap)
    forget()
    (trap.parent / "trace").unlink()
    file = own_configuration / "plugins.json"
    known = json.loads(file.read_text())
    known["plugins"][0][field] += "x"
    file.write_text(json.dumps(known))
    with pytest.raises(ConfigError, match="--plugin"):
        foreign.pipeline()
    assert not sprung(trap)


def test_the_same_code_elsewhere_is_not_the_file_that_was_named(foreign, trap, tmp_path):
    """A stranger may know what one has named, and put it where their run says."""
    load_plugin(shutil.copy(trap, tmp_path / "mine.py"))
    forget()
    (tmp_path / "trace").unlink()
    with pytest.raises(ConfigError, match="--plugin"):
        foreign.pipeline()
    assert not sprung(trap)


def test_a_claimed_hash_does_not_help(foreign, trap, own_configuration):
    """The run says the hash of what was named; the file at that path is another one by now."""
    load_plugin(trap)
    forget()
    (trap.parent / "trace").unlink()
    trap.write_text(trap.read_text() + "\n# of a stranger\n")
    with pytest.raises(ConfigError, match="--plugin"):
        foreign.pipeline()
    assert not sprung(trap)


def test_of_several_plug_ins_none_runs_unless_all_may(trap, tmp_path):
    mine = load_plugin(trap)
    forget()
    (tmp_path / "trace").unlink()
    with pytest.raises(ConfigError, match=r"other\.py"):
        require([mine, Plugin(str(tmp_path / "other.py"), "0" * 64)], "This run")
    assert not sprung(trap)


@pytest.mark.parametrize("name", ["/a/x.py; touch trace", "/a/x.py\x1b[2J", "/a/$(touch trace)"])
def test_what_is_to_be_typed_can_be_pasted(name, tmp_path):
    with pytest.raises(ConfigError) as refused:
        require([Plugin(name, "0" * 64)], "This run")
    assert str(refused.value).isprintable()
    line = str(refused.value).partition("--plugin ")[2]
    echoed = subprocess.run(["sh", "-c", f"echo {line}"], cwd=tmp_path, capture_output=True)
    assert echoed.returncode == 0
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    "written", ["no json", '{"plugins": 3}', '{"plugins": ["x", {"name": 5}]}', "[]"]
)
def test_a_damaged_configuration_allows_nothing(written, foreign, trap, own_configuration):
    (own_configuration / "plugins.json").write_text(written)
    with pytest.raises(ConfigError, match="--plugin"):
        foreign.pipeline()
    assert not sprung(trap)
    load_plugin(trap)  # and is mended by the next name
    forget()
    assert foreign.pipeline()


@pytest.mark.parametrize("plugins", [3, ["x"], [{"name": 5, "sha256": "0"}], [{"name": "x"}]])
def test_damaged_names_of_plug_ins_are_said(plugins, foreign):
    for file in (foreign.recipe_file, foreign.pipeline_folder / "pipeline.json"):
        file.write_text(json.dumps({**json.loads(file.read_text()), "plugins": plugins}))
    with pytest.raises(multigan.MultiganError, match="plugins"):
        foreign.pipeline()
    with pytest.raises(multigan.MultiganError, match="plugins"):
        _ = foreign.recipe


def test_a_module_of_the_same_name_elsewhere_is_not_run(tmp_path, monkeypatch):
    """`python -m multigan` finds modules in the folder it is called in, a stranger's too."""
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for folder in (mine, theirs):
        folder.mkdir()
        (folder / "my_gan.py").write_text(f"open({str(folder / 'trace')!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(str(mine))
    named = load_plugin("my_gan")
    assert (mine / "trace").exists()
    forget()
    sys.modules.pop("my_gan")
    monkeypatch.syspath_prepend(str(theirs))
    with pytest.raises(ConfigError, match="--plugin my_gan"):
        require([named], "This run")
    assert not (theirs / "trace").exists()


def test_a_module_is_trusted_with_all_of_its_package(tmp_path, monkeypatch):
    package = tmp_path / "my_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "part.py").write_text("VALUE = 1\n")
    (package / "gan.py").write_text("from my_package import part\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    named = load_plugin("my_package.gan")
    forget()
    assert require([named], "This run") == (named,)
    forget()
    (package / "part.py").write_text("VALUE = 2\n")
    with pytest.raises(ConfigError, match="what you have named is another version"):
        require([named], "This run")
    for name in [name for name in sys.modules if name.startswith("my_package")]:
        del sys.modules[name]


# Plug-ins that do not work


def test_what_is_wrong_with_a_plug_in_is_said(tmp_path, capsys):
    with pytest.raises(ConfigError, match="no plug-in 'nowhere'"):
        load_plugin("nowhere")
    with pytest.raises(ConfigError, match=r"no plug-in 'no\.such\.module'"):
        load_plugin("no.such.module")
    broken = tmp_path / "broken.py"
    broken.write_text("x = 1\nx.y\n")
    assert main(["recipes", "--plugin", str(broken)]) == 1
    assert "AttributeError" in capsys.readouterr().err
    with pytest.raises(ConfigError, match=r"\(line 2\)"):
        load_plugin(broken)
    broken.write_text("x = (\n")
    with pytest.raises(ConfigError, match="SyntaxError"):
        load_plugin(broken)


def test_a_plug_in_takes_nothing_of_multigans_away(tmp_path):
    taken = tmp_path / "taken.py"
    taken.write_text(
        "from multigan.core.registries import GENERATORS\n"
        "GENERATORS.register('mine')(dict)\n"
        "GENERATORS.register('dcgan')(dict)\n"
    )
    with pytest.raises(ConfigError, match="already a generator called 'dcgan'"):
        load_plugin(taken)
    assert GENERATORS["dcgan"].__module__.startswith("multigan.")
    assert "mine" not in GENERATORS


def test_a_plug_in_that_was_edited_takes_its_own_place(tmp_path):
    file = tmp_path / "mine.py"
    text = "from multigan.core.registries import DATA\n\nDATA[{0!r}] = lambda: None\n"
    data = multigan.modalities.DATA
    file.write_text(text.format("first"))
    load_plugin(file)
    load_plugin(file)  # again: nothing happens
    file.write_text(text.format("second"))
    load_plugin(file)
    assert "second" in data
    assert "first" not in data
    file.write_text("no python")
    with pytest.raises(ConfigError, match="SyntaxError"):
        load_plugin(file)
    file.write_text(text.format("second"))
    load_plugin(file)
    assert "second" in data


# Installed plug-ins


def installed(monkeypatch, folder: Path, **modules: str) -> None:
    """Installs packages, as pip does, that each have an entry point; "name" is its code."""
    folder.mkdir()
    for name, code in modules.items():
        metadata = folder / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
        value = f"{name}:begin" if "def begin" in code else name
        (metadata / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{name} = {value}\n")
        if code:
            (folder / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(plugins, "_INSTALLED_BEGUN", [])
    monkeypatch.setattr(plugins, "_INSTALLED_DONE", [])


IMPORT = "from multigan.core.registries import DATA\n\n"


def test_installed_plug_ins_are_there_when_a_registry_is_read(tmp_path, monkeypatch):
    code = f"{IMPORT}\ndef begin():\n    DATA.register('installed')(lambda: None)\n"
    installed(monkeypatch, tmp_path / "site", installed_gan=code)
    data = multigan.modalities.DATA
    assert "installed" in data
    assert recipe("digits").changed({"data": "installed"}).with_plugins().plugins == ()
    del data["installed"]


def test_what_lies_in_the_folder_one_works_in_is_not_installed(tmp_path, monkeypatch):
    """A folder that somebody else has filled may well be the one that a notebook is opened in."""
    folder = tmp_path / "work"
    installed(monkeypatch, folder, lying_there=f"open({str(tmp_path / 'trace')!r}, 'w').close()\n")
    monkeypatch.chdir(folder)
    assert "image" in KINDS
    assert not (tmp_path / "trace").exists()


def test_a_broken_installed_plug_in_is_warned_of_and_the_others_work(tmp_path, monkeypatch):
    installed(monkeypatch, tmp_path / "site", installed_ill="", installed_well="WELL = True\n")
    with pytest.warns(UserWarning, match="installed plug-in installed_ill .* cannot be loaded"):
        assert "image" in KINDS
    assert "installed_well" in sys.modules
    assert "image" in KINDS  # nothing is said twice


def test_other_threads_wait_for_installed_plug_ins(tmp_path, monkeypatch):
    code = f"import time\n{IMPORT}time.sleep(0.3)\nDATA.register('slow')(lambda: None)\n"
    installed(monkeypatch, tmp_path / "site", installed_slow=code)
    data, seen = multigan.modalities.DATA, []
    threads = [threading.Thread(target=lambda: seen.append("slow" in data)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 3
    del data["slow"]


def test_every_registry_tells_what_is_foreign():
    one: Registry[int] = Registry("number")
    one["two"] = 2
    assert dict(one) == {"two": 2}


def test_importing_costs_no_plug_in():
    code = "import sys, multigan.cli; sys.exit('importlib.metadata' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
