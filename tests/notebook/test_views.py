"""What the dashboards show, and what they ask of a run; without a page."""

import threading
import time
from collections.abc import Callable
from shutil import rmtree

import numpy as np
import pytest

from multigan.errors import DataError
from multigan.files import write_json
from multigan.notebook.dashboard import Dashboard
from multigan.notebook.opening import Opening
from multigan.notebook.plain import PlainDashboard
from multigan.notebook.publishing import (
    HERTZ,
    LARGEST_SHARE,
    MOST_SECONDS,
    Publisher,
    pause_after,
)
from multigan.notebook.stills import of_run
from multigan.notebook.views import RunView
from tests.notebook.conftest import tiny_session

FINDING = {
    "name": "diversity",
    "severity": "alarm",
    "value": 0.02,
    "text": "Samples are nearly the same (0.02).",
    "remedy": {
        "name": "stronger r1",
        "text": "Raise R1",
        "knobs": {"r1.weight": 0.2},
        "changes": {},
        "needs_fork": False,
    },
}


@pytest.fixture
def opened(monkeypatch) -> Callable:
    """Makes views and closes them afterwards; what they send is kept."""
    views = []

    def make(kind, run):
        view = kind(run)
        views.append(view)
        view.sent = []
        if kind is Dashboard:
            monkeypatch.setattr(
                view, "send", lambda content, buffers=None: view.sent.append((content, buffers))
            )
        return view

    yield make
    for view in views:
        view.close()


def wait_until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_finished_run_is_shown_whole(opened, finished):
    view = opened(Dashboard, finished)
    assert view.status["state"] == "finished"
    assert (view.status["step"], view.status["of"]) == (8, 8)
    assert np.frombuffer(view.previews, "<u4").tolist() == [0, 4, 8]
    content = finished.sample_files()[-1].read_bytes()
    assert view.newest == [{"kind": ".png", "content": content}]
    curve = next(c for c in view.curves if c["name"] == "generator/adversarial")
    rows = [row for row in finished.metrics() if "generator/adversarial" in row]
    assert np.frombuffer(curve["steps"], "<f4").tolist() == [row["step"] for row in rows]
    values = np.frombuffer(curve["values"], "<f4")
    np.testing.assert_allclose(values, [row["generator/adversarial"] for row in rows], rtol=1e-5)
    assert view.knobs["generator.learning_rate"]["most"] == 1.0


def test_older_previews_are_sent_when_asked_for(opened, finished):
    view = opened(Dashboard, finished)
    view._hear(None, {"look": 4}, [])
    content = finished.sample_files()[1].read_bytes()
    assert view.sent == [({"look": 4, "run": finished.name, "kinds": [".png"]}, [content])]


def test_a_run_is_steered_from_the_page(opened, going):
    run, view = going.run, opened(Dashboard, going.run)
    wait_until(lambda: view.status["state"] == "running" and view.knobs)
    view._hear(None, {"set": {"r1.weight": 0.5}}, [])
    wait_until(lambda: view.knobs["r1.weight"]["value"] == 0.5)
    wait_until(lambda: any("r1.weight = 0.5" in text for _, text in view.events))
    view._hear(None, {"set": {"r1.weight": -1}}, [])
    assert "r1.weight cannot be -1" in view.sent[-1][0]["error"]
    view._hear(None, {"do": "pause"}, [])
    wait_until(lambda: view.status["state"] == "paused")
    view._hear(None, {"do": "continue"}, [])
    wait_until(lambda: view.status["state"] == "running")
    view._hear(None, {"do": "stop"}, [])
    wait_until(lambda: view.status["state"] == "stopped")
    assert run.control()["set"] == {"r1.weight": 0.5}
    view._hear(None, {"do": "stop"}, [])
    assert "is not being trained" in view.sent[-1][0]["error"]


def test_the_collapse_doctors_findings_are_shown(opened, going):
    view, plain = opened(Dashboard, going.run), opened(PlainDashboard, going.run)
    write_json(going.run.path / "health.json", {"step": 4, "findings": [FINDING]})
    wait_until(lambda: view.health.get("findings") == [FINDING])
    wait_until(lambda: "alarm: Samples are nearly the same" in plain._trouble.value)


def test_a_remedy_that_needs_a_new_run_begins_it_and_the_page_goes_on_with_it(opened, going):
    view = opened(Dashboard, going.run)
    wait_until(lambda: (going.run.status().get("step") or 0) >= 4)
    remedy = {"name": "add_penalties", "text": "Add R2.", "needs_fork": True, "knobs": {}}
    remedy["changes"] = {"regularizers.r2.weight": 0.1, "steps": 1_000_000}
    write_json(going.run.path / "health.json", {"findings": [{**FINDING, "remedy": remedy}]})
    view._hear(None, {"cure": "nonsense"}, [])
    wait_until(lambda: "does not suggest" in view.sent[-1][0].get("error", ""))
    view._hear(None, {"cure": "add_penalties"}, [])
    wait_until(lambda: view.sent[-1][0].get("told", "").startswith("Goes on as 0002-digits"))
    assert going.run.status()["state"] == "stopped"
    assert view.name == "0002-digits"
    wait_until(lambda: view.status["state"] == "running")
    cured = view.run
    assert cured.recipe.regularizers["r2"]["weight"] == 0.1
    wait_until(lambda: cured.metrics()[-1]["step"] > going.run.metrics()[-1]["step"])
    view._hear(None, {"do": "stop"}, [])
    wait_until(lambda: view.status["state"] == "stopped")


def test_the_plain_dashboard_shows_and_steers_as_well(opened, going):
    view = opened(PlainDashboard, going.run)
    wait_until(lambda: len(view._look.children) == 1)
    assert bytes(view._look.children[0].value).startswith(b"\x89PNG")
    assert "r1.weight" in view._knob.options
    view._buttons["stop"].click()
    wait_until(lambda: view._state.value.startswith("stopped"))
    assert all(button.disabled for button in view._buttons.values())


def test_a_run_is_resumed_by_a_button_and_a_checkpoint_is_told(opened, going):
    run, view = going.run, opened(Dashboard, going.run)
    wait_until(lambda: view.status["state"] == "running")
    view._hear(None, {"do": "checkpoint"}, [])
    wait_until(lambda: "is saved." in view.sent[-1][0].get("told", ""))
    view._hear(None, {"do": "stop"}, [])
    wait_until(lambda: view.status["state"] == "stopped")
    view._hear(None, {"do": "resume"}, [])
    wait_until(lambda: view.sent[-1][0] == {"told": "It goes on."})
    wait_until(lambda: view.status["state"] == "running")
    view._hear(None, {"do": "stop"}, [])
    wait_until(lambda: not run.is_busy())


def test_a_view_is_there_before_its_run_and_says_what_kept_it_from_beginning(opened, tmp_path):
    opening = Opening("digits", lambda **talk: tiny_session(tmp_path, steps=4))
    view = opened(Dashboard, opening)
    assert (view.name, view.loading) == ("digits", "Loading torch …")
    view._hear(None, {"do": "stop"}, [])
    assert "has not begun" in view.sent[-1][0]["error"]
    opening.start()
    wait_until(lambda: view.status.get("state") == "finished")
    assert (view.name, view.loading) == ("0001-digits", "")

    def refuses(**talk):
        raise DataError("There is nothing in photos.")

    failed = opened(Dashboard, Opening("image", refuses).start())
    wait_until(lambda: "nothing in photos" in failed.status.get("message", ""))
    plain = opened(PlainDashboard, Opening("image", refuses).start())
    wait_until(lambda: "nothing in photos" in plain._trouble.value)


def test_a_deleted_run_is_shown_as_deleted(opened, tmp_path):
    run = tiny_session(tmp_path, steps=2).fit()
    view = opened(Dashboard, run)
    rmtree(run.path)
    view.push()
    assert (view.status["state"], view.status["step"]) == ("deleted", 2)
    assert "is gone" in view.status["message"]


def test_a_closed_view_is_left_alone(finished):
    view = Dashboard(finished)
    assert view.is_open
    view.close()
    assert not view.is_open


def test_what_stays_is_an_ordinary_picture_with_words(finished):
    bundle, metadata = of_run(finished)
    assert bundle["text/plain"].startswith(f"{finished.name}: finished, step 8 of 8")
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert len(bundle["image/png"]) < 150_000
    said = metadata["image/png"]["alt"]
    assert "Samples at step 8." in said
    assert "Losses: " in said


def test_a_view_is_pushed_by_one_thread_at_a_time(finished):
    """As when a cure turns to another run while the publisher is at it."""

    class Slow(RunView):
        comm = "open"
        inside, most, drawn = 0, 0, 0

        def draw(self, following) -> None:
            assert following is self.following, "it has turned to another run meanwhile"
            self.inside += 1
            self.drawn += 1
            self.most = max(self.most, self.inside)
            time.sleep(0.01)
            self.inside -= 1

    view = Slow()
    view.follow(finished)
    acts = [view.push, lambda: view.turn_to(finished), view.leave_still] * 4
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view.comm = None
    assert view.drawn >= 9
    assert view.most == 1


def test_a_round_that_costs_much_is_followed_by_a_longer_pause():
    assert pause_after(0.0) == 1 / HERTZ
    assert pause_after(0.02) == 0.02 / LARGEST_SHARE
    assert pause_after(60.0) == MOST_SECONDS


def test_the_publisher_pushes_a_few_times_a_second_and_survives_a_broken_view(caplog):
    class Counting:
        is_open = True
        pushed = 0

        def push(self) -> bool:
            self.pushed += 1
            return True

    class Broken(Counting):
        def push(self) -> bool:
            super().push()
            raise ZeroDivisionError

    publisher, counting, broken = Publisher(), Counting(), Broken()
    publisher.add(counting)
    publisher.add(broken)
    time.sleep(1.0)
    for view in (counting, broken):
        view.is_open = False
    assert 2 <= counting.pushed <= HERTZ + 1
    assert broken.pushed >= 1
    assert "could not be brought up to date" in caplog.text
