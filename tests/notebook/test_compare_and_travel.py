"""Two runs side by side, and the tree of forks."""

import time

import pytest

from multigan.notebook.comparison import Compare
from multigan.notebook.exploring import Explored, View
from multigan.notebook.family import family_of, nearest_look, tree_text
from multigan.notebook.in_memory import media_of
from multigan.notebook.time_travel import ForkTree, TimeTravel
from multigan.runs.fork import fork
from multigan.runs.run import Run
from tests.notebook.conftest import tiny_session


@pytest.fixture(scope="module")
def parent(tmp_path_factory) -> Run:
    return tiny_session(tmp_path_factory.mktemp("runs")).fit()


@pytest.fixture(scope="module")
def child(parent) -> Run:
    return fork(parent, step=4, knobs={"r1.weight": 0.5}).fit()


def listening(widget, monkeypatch) -> list:
    sent: list = []
    monkeypatch.setattr(
        widget, "send", lambda content, buffers=None: sent.append((content, buffers))
    )
    return sent


def test_the_tree_has_every_relative_whichever_run_is_asked(parent, child):
    for run in (parent, child):
        first, second = family_of(run)
        assert (first.run.name, first.parent, first.start) == (parent.name, None, 0)
        assert (second.run.name, second.parent, second.start) == (child.name, parent.name, 4)
        assert (second.depth, second.end, second.changed) == (1, 8, "r1.weight = 0.5")
    assert tree_text(child) == (
        f"{parent.name}: step 0 to 8\n   {child.name}: step 4 to 8, r1.weight = 0.5"
    )


def test_runs_that_claim_each_other_as_parents_end_nothing(tmp_path):
    from multigan.files import write_json

    for name, other in (("0001-a", "0002-b"), ("0002-b", "0001-a")):
        run = Run(tmp_path / name)
        run.path.mkdir()
        write_json(run.parent_file, {"run": other, "step": 1})
        run.write_status("finished", step=2)
    assert {branch.run.name for branch in family_of(Run(tmp_path / "0001-a"))} == {
        "0001-a",
        "0002-b",
    }


def test_the_look_of_a_checkpoint_is_the_newest_that_is_not_younger(parent):
    assert [file.name for file in nearest_look(parent, 7)] == ["000004.png"]
    assert [file.name for file in nearest_look(parent, 3)] == ["000000.png"]


def test_a_fork_is_made_from_the_page(parent, child, monkeypatch):
    view = TimeTravel(child)
    sent = listening(view.tree, monkeypatch)
    assert [branch["checkpoints"] for branch in view.tree.branches] == [[4, 8], [4, 8]]
    view.tree._hear(None, {"look": [parent.name, 4]}, [])
    assert sent[-1][0] == {"looked": [parent.name, 4], "kinds": [".png"]}
    asked = {"fork": [parent.name, 4], "knobs": {"r2.weight": 0.2}, "steps": 6}
    view.tree._hear(None, asked, [])
    give_up = time.monotonic() + 30
    while "forked" not in sent[-1][0]:
        assert time.monotonic() < give_up
        time.sleep(0.05)
    (dashboard,) = view.dashboards
    assert dashboard.run.wait(30)["step"] == 6
    assert dashboard.run.parent()["knobs"] == {"r2.weight": 0.2}
    view.close()
    assert not dashboard.is_open
    dashboard.run.delete()


def test_a_fork_that_cannot_be_is_said_on_the_page(parent, monkeypatch):
    tree = ForkTree(parent)
    sent = listening(tree, monkeypatch)
    tree._fork(parent.name, 8, {}, None)
    assert "not before step 8" in sent[-1][0]["error"]
    tree.close()


def test_two_runs_are_compared_on_the_same_latents(parent, child, monkeypatch):
    view = Compare(parent, child)
    sent = listening(view, monkeypatch)
    asked = {"seed": 3, "count": 2}
    for side in (0, 1):
        view._hear(None, {"number": side + 1, "side": side, "show": asked}, [])
    for run, (content, buffers) in zip((parent, child), sent, strict=True):
        assert content["kinds"] == [".png", ".png"]
        items = Explored(run).samples(View(seed=3, count=2))
        assert buffers == [media_of(item)[1] for item in items]
    together = [(c["name"], c["run"]) for c in view.curves][:2]
    assert together == [(together[0][0], parent.name), (together[0][0], child.name)]
    view._hear(None, {"number": 9, "side": 0, "show": {"step": 5}}, [])
    assert "keeps no checkpoint of step 5" in sent[-1][0]["error"]
    assert view.still()["image/png"]
    view.close()
