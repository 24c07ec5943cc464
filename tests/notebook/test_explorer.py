"""The explorer shows what its numbers say, and its code makes it again."""

import json
import shutil
import subprocess
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import rmtree

import pytest
import torch
from PIL import Image

from multigan.core.condition import ConditionSpec
from multigan.core.prior import Prior
from multigan.core.registries import GENERATORS, build_modality
from multigan.errors import ConfigError, RunError
from multigan.modalities.recipes import recipe
from multigan.notebook.coding import code_of, code_of_mix, code_of_walk
from multigan.notebook.comparison import Compare
from multigan.notebook.dashboard import Dashboard
from multigan.notebook.explorer import Explorer
from multigan.notebook.exploring import Explored, Pin, View
from multigan.notebook.in_memory import film_of, media_of, still_of
from multigan.notebook.plain_explorer import NONE, PlainExplorer
from multigan.notebook.time_travel import ForkTree
from multigan.runs.session import start
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component
from tests.notebook.conftest import tiny_session

MOVED = View(seed=3, count=5, truncation=0.7, condition=2, moves=(1.5, 0.0, -2.0))


def pixels(images) -> list[bytes]:
    return [image.tobytes() for image in images]


def made_by(code: str) -> list[bytes]:
    names: dict = {}
    exec(code, names)
    return pixels(names["samples"])


def pipeline_of(condition: ConditionSpec | None) -> Pipeline:
    modality = build_modality(Component("image", {"channels": 1, "height": 8, "width": 8}))
    generator = GENERATORS.build(
        Component("dcgan", {"width": 4}),
        latent_dim=6,
        sample_shape=modality.sample_shape,
        condition=condition,
    )
    return Pipeline(generator, modality, Prior(6), condition=condition)


@pytest.fixture
def explorer(finished, monkeypatch):
    widget = Explorer(finished)
    widget.sent = []
    monkeypatch.setattr(
        widget, "send", lambda content, buffers=None: widget.sent.append((content, buffers))
    )
    yield widget
    widget.close()


MIXED = View(seed=2, count=4, condition=2, toward=7, share=0.25)


@pytest.mark.parametrize(
    "view", [View(count=3), MOVED, MIXED, View(step=4, count=2, method="random", moves=(1.0,))]
)
def test_the_code_makes_what_is_shown(finished, view):
    explored = Explored(finished)
    assert made_by(code_of(explored, view)) == pixels(explored.samples(view))
    assert len(explored.samples(view)) == view.count


def test_a_walk_begins_and_ends_with_its_pins_and_its_code_makes_it_again(finished):
    explored = Explored(finished)
    pins = [Pin(MOVED, 1), Pin(View(seed=8, count=4), 3)]
    walked = pixels(explored.walk(pins, 6))
    assert walked[0] == pixels(explored.samples(MOVED))[1]
    assert walked[-1] == pixels(explored.samples(pins[1].view))[3]
    assert made_by(code_of_walk(explored, pins, 6)) == walked
    on_the_way = View(seed=2, count=4, condition=2, toward=7, share=1.0)
    assert pixels(explored.samples(on_the_way)) == pixels(
        explored.samples(View(seed=2, count=4, condition=7))
    ), "all the way towards a class is that class"
    with pytest.raises(ConfigError, match="two pinned samples"):
        explored.walk(pins[:1], 6)


def test_any_source_can_be_explored(finished):
    view = View(count=2)
    expected = pixels(Explored(finished).samples(view))
    for source in (finished.path, finished.pipeline_folder, finished.pipeline()):
        assert pixels(Explored(source).samples(view)) == expected
    with pytest.raises(RunError):
        Explored("nowhere")


def test_the_averages_length_is_chosen_after_training(tmp_path):
    run = tiny_session(tmp_path, profile_every=2).fit()
    explored = Explored(run)
    assert explored.facts()["lengths"] == [0.01, 0.25]
    short, long = (View(count=2, average=length) for length in (0.02, 0.25))
    assert pixels(explored.samples(short)) != pixels(explored.samples(long))
    assert made_by(code_of(explored, long)) == pixels(explored.samples(long))


def test_what_a_generator_lacks_is_not_offered():
    unconditional = Explored(pipeline_of(None))
    assert unconditional.facts()["condition"] is None
    assert unconditional.facts()["directions"] == 6
    assert len(unconditional.samples(View(count=2))) == 2
    told = Explored(pipeline_of(ConditionSpec("vector", 2, ("smile", "age"))))
    assert told.facts()["names"] == ["smile", "age"]
    assert len(told.samples(View(count=3, condition=(0.5, -1.0)))) == 3


def test_the_page_is_answered(explorer, finished):
    assert explorer.facts["condition"] == "class"
    assert explorer.facts["steps"] == [4, 8]
    assert list(explorer.kinds) == [".png"] * explorer.view["count"]
    view = {**explorer.view, "seed": 5, "count": 2}
    explorer._hear(None, {"number": 1, "show": view}, [])
    content, buffers = explorer.sent[-1]
    assert content == {"number": 1, "kinds": [".png", ".png"]}
    items = Explored(finished).samples(View(seed=5, count=2))
    assert buffers == [media_of(item)[1] for item in items]
    explorer._hear(None, {"number": 2, "walk": [{"view": view, "index": 0}], "frames": 4}, [])
    assert "two pinned samples" in explorer.sent[-1][0]["error"]
    explorer._hear(None, {"number": 3, "show": {**view, "count": 0}}, [])
    assert "Between 1 and" in explorer.sent[-1][0]["error"]
    explorer._hear(None, {"number": 4, "show": {**view, "sed": 0}}, [])
    assert "cannot be read" in explorer.sent[-1][0]["error"]


def test_a_question_that_was_overtaken_is_dropped(explorer):
    explorer._hear(None, {"number": 7, "code": explorer.view}, [])
    explorer._hear(None, {"number": 6, "code": explorer.view}, [])
    assert [content["number"] for content, _ in explorer.sent] == [7]


def test_the_plain_explorer_shows_the_same(finished):
    view = PlainExplorer(finished)
    before = view._shown.value
    assert "data:image/png;base64," in before
    view._seed.value = 4
    assert view._shown.value != before
    view._seed.value = 0
    assert view._shown.value == before
    view.close()


def test_samples_of_any_kind_become_files_and_outputs():
    class Sound:
        def encoded(self) -> bytes:
            return b"RIFF"

    assert media_of("a text") == (".txt", b"a text")
    assert media_of(Sound()) == (".wav", b"RIFF")
    assert media_of(torch.zeros(5, 2, 2).numpy())[0] == ".npy"
    assert still_of(["one", "two"], "texts") == {"text/plain": "texts\none\ntwo"}
    assert "<audio controls" in still_of([Sound()], "a sound")["text/html"]


@pytest.mark.parametrize("widget", [Compare, Dashboard, Explorer, ForkTree])
def test_the_page_gets_one_whole_module(widget, tmp_path):
    source = str(widget._esm)
    assert source.count("export default") == 1
    if shutil.which("node"):
        module = tmp_path / "widget.mjs"
        module.write_text(source, encoding="utf-8")
        subprocess.run(["node", "--check", str(module)], check=True)


def test_texts_are_shown_while_they_are_written(tmp_path, monkeypatch):
    changes = {"steps": 1, "batch_size": 8, "log_every": 1, "look_every": 0}
    run = start(recipe("prose").changed(changes), out=tmp_path).fit()
    explored, partials = Explored(run), []
    assert (explored.facts()["writes"], explored.facts()["directions"]) == (True, 0)
    view = View(count=3, seed=2, writing={"temperature": 0.8})
    final = explored.samples(view, partials.append)
    assert len(partials) > 3
    assert all(text.startswith(part) for text, part in zip(final, partials[2], strict=True))
    assert explored.samples(view) == final
    names: dict = {}
    exec(code_of(explored, view), names)
    assert names["samples"] == final


def test_conditions_that_nobody_has_told_begin_in_the_middle():
    told = Explored(pipeline_of(ConditionSpec("vector", 2, ("x", "y"), (5.0, 1.0), (2.0, 0.5))))
    assert told.start().condition == (5.0, 1.0)
    assert (told.facts()["center"], told.facts()["scale"]) == ([5.0, 1.0], [2.0, 0.5])
    assert len(told.samples(told.start())) == told.start().count
    plain = PlainExplorer(
        pipeline_of(ConditionSpec("vector", 2, ("x", "y"), (5.0, 1.0), (2.0, 0.5)))
    )
    assert "data:image/png;base64," in plain._shown.value
    plain.close()


@pytest.fixture
def styled(tmp_path) -> Path:
    """A saved pipeline of a generator with four styles, told classes."""
    components = {
        "modality": Component("image", {"channels": 1, "height": 8, "width": 8}),
        "generator": Component("stylegan2", {"width": 4}),
    }
    modality = build_modality(components["modality"])
    digits = ConditionSpec("class", 10)
    options = {"latent_dim": 6, "sample_shape": modality.sample_shape, "condition": digits}
    generator = GENERATORS.build(components["generator"], **options)
    pipeline = Pipeline(generator, modality, Prior(6), condition=digits, components=components)
    return pipeline.save_pretrained(tmp_path / "styled")


def test_styles_are_mixed_and_the_code_mixes_them_again(styled):
    explored = Explored(styled)
    pins = [Pin(View(seed=1, condition=3), 0), Pin(View(seed=2, condition=5), 4)]
    mixed = pixels(explored.mix(pins, 1))
    assert explored.facts()["styles"] == 4
    assert mixed[0] == pixels(explored.samples(pins[0].view))[0], "its own styles change nothing"
    assert made_by(code_of_mix(explored, pins, 1)) == mixed
    assert len(mixed) == 4
    with pytest.raises(ConfigError, match="2 to 8"):
        explored.mix(pins[:1], 1)


def test_the_plain_explorer_mixes_styles_and_classes_too(styled, finished):
    view = PlainExplorer(styled)
    assert (view._condition.label, view._toward.label) == ("all in turn", "no other")
    alone = pixels(view.samples())
    view._condition.value = 3
    own = pixels(view.samples())
    view._toward.value, view._share.value = 7, 1.0
    assert pixels(view.samples()) == pixels(
        view.explored.samples(replace(view.view(), condition=7))
    )
    view._toward.value = NONE
    shown = view._shown.value
    view._mixing.value = True
    table = pixels(view.samples())
    assert len(table) == 64
    assert table[::9] == own[:8], "on the diagonal each has its own styles"
    assert view._shown.value != shown
    view._layers.value = 1
    assert pixels(view.samples()) != table
    view._mixing.value, view._condition.value = False, NONE
    assert pixels(view.samples()) == alone
    view.close()
    without = PlainExplorer(finished)
    assert without._mixing not in without.children[0].children
    assert without._toward in without.children[0].children
    without.close()


def test_directions_are_found_ahead_and_until_then_the_page_is_told(explorer):
    asked = {"count": 2, "moves": [1.0], "method": "factorized"}
    explorer._hear(None, {"number": 1, "show": asked}, [])
    assert explorer.sent[0][0] == {"number": 1, "waits": "Finding the factorized directions …"}
    explorer._hear(None, {"number": 2, "show": asked}, [])
    assert [sent[0]["number"] for sent in explorer.sent] == [1, 1, 2]
    view = View(moves=(1.0,))
    explorer.explored.prepare(view)
    give_up = time.monotonic() + 30
    while explorer.explored.finds(view):
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_sample_is_moved_to_the_edges_and_its_variants_are_those_of_the_view(finished):
    explored = Explored(finished)
    count = explored.facts()["directions"]
    moves = [[0.0] * count, [1.5, *[0.0] * (count - 1)]]
    made = explored.variants(Pin(View(seed=3, count=4), 2), moves)
    for moved, one in zip(moves, made, strict=True):
        view = View(seed=3, count=4, moves=tuple(moved))
        assert one.tobytes() == explored.samples(view)[2].tobytes()


def test_directions_are_called_something_and_keep_their_names(tmp_path, finished):
    folder = finished.pipeline().save_pretrained(tmp_path / "pipeline")
    Explored(folder).names.rename("principal", 1, " slant ")
    assert Explored(folder).facts()["named"] == {"principal": {"1": "slant"}}
    Explored(folder).names.rename("principal", 1, "")
    assert Explored(folder).facts()["named"] == {"principal": {}}
    with pytest.raises(ConfigError, match="at most 40"):
        Explored(folder).names.rename("principal", 1, "x" * 41)


def test_an_eased_walk_slows_down_at_its_pins_and_its_code_makes_it_again(finished):
    explored = Explored(finished)
    pins = [Pin(View(seed=3, count=4), index) for index in (0, 1)]
    walked = explored.walk(pins, 8, eased=True)
    assert pixels(walked) != pixels(explored.walk(pins, 8))
    assert made_by(code_of_walk(explored, pins, 8, eased=True)) == pixels(walked)
    suffix, film = film_of(walked)
    assert (suffix, film[:3]) == (".gif", b"GIF")
    with Image.open(BytesIO(film)) as read:
        assert read.n_frames == 8 + 6, "there and back"


def test_a_picture_is_found_in_the_latent_space_and_its_view_makes_it(tmp_path, finished):
    explored = Explored(finished)
    target = explored.samples(View(seed=5, count=1, condition=3))[0]
    target.save(tmp_path / "dropped.png")
    view, distance = explored.projected(tmp_path, 3)
    assert (view.condition, view.count) == (3, 1)
    assert distance < 0.3
    again = View.from_json(json.loads(json.dumps(vars(view))))
    assert again == view
    assert made_by(code_of(explored, view)) == pixels(explored.samples(view))


def test_what_a_deleted_run_cannot_say_is_said(tmp_path):
    run = tiny_session(tmp_path, steps=4).fit()
    explored = Explored(run)
    rmtree(run.path)
    assert explored.samples(View(count=1)), "what was read goes on"
    with pytest.raises(RunError, match="is gone"):
        explored.samples(View(count=1, step=4))
