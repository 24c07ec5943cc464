"""Many runs of a recipe: what is varied, who goes on, what is said in the end. Nothing is trained:
runs are acted out by the files that their processes would leave."""

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from multigan import recipe
from multigan.errors import ConfigError, RunError, UnknownNameError
from multigan.files import write_json
from multigan.runs.folder import create_run
from multigan.runs.sweep import open_sweep, standings
from multigan.runs.sweep.grid import (
    Choices,
    Span,
    drawn,
    grid,
    labels,
    tried,
    varied,
    whole_numbers,
)
from multigan.runs.sweep.halving import Halving, best_first
from multigan.runs.sweep.outcomes import table, verdict
from multigan.runs.sweep.places import on_gpus, on_this_machine
from multigan.runs.sweep.scheduler import Scheduler
from multigan.runs.sweep.start import found_or_made, work
from multigan.runs.sweep.sweep_folder import Entry, SweepFolder, make_sweep, same_sweep
from multigan.runs.sweep.sweep_page import render_page
from multigan.runs.sweep.sweep_plan import SweepPlan, make_plan
from tests.cli.conftest import multigan  # noqa: F401
from tests.runs.test_report import Page

STEPS = 900
WIDTHS = {"generator.width": Choices((8, 16, 32))}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("32,64", (32, 64)),
        ("0..3", (0, 1, 2, 3)),
        ("0.01..1:log:3", (0.01, 0.1, 1.0)),
        ("16..64:log:3", (16, 32, 64)),
        ("1..2:lin:3", (1, 2)),
        ("0..1.0:lin:5", (0, 0.25, 0.5, 0.75, 1)),
        ("hinge,relativistic", ("hinge", "relativistic")),
        ('["frechet","coverage"],["coverage"]', (["frechet", "coverage"], ["coverage"])),
        ("diffaugment:strength=0.5,null", ("diffaugment:strength=0.5", None)),
        ("8,8", (8,)),
    ],
)
def test_lists_and_ranges_are_read(text, values):
    assert varied("key", text) == Choices(values)
    assert varied("key", list(values)) == Choices(values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1..0.1:log:5", "from a smaller number to a larger"),
        ("0..1:log:5", "begins above 0"),
        ("0.1..1:log:1", "has 1 values"),
        ("0..1000000", "has 1000001 values"),
    ],
)
def test_what_is_no_range_is_refused(text, said):
    with pytest.raises(ConfigError, match=said):
        varied("key", text)


def test_a_range_without_a_number_can_only_be_drawn():
    span = varied("r1.weight", "0.01..1:log")
    assert span == Span(0.01, 1.0, log=True)
    assert varied("r1.weight", span.to_json()) == span
    with pytest.raises(ConfigError, match=r"r1.weight=0.01..1.0:log:5, or .*--draws"):
        grid({"r1.weight": span})
    found = [one["r1.weight"] for one in drawn({"r1.weight": span}, 400, seed=3)]
    assert all(0.01 <= value <= 1 for value in found)
    assert sum(value < 0.1 for value in found) == pytest.approx(200, abs=40)  # half the decades
    assert drawn({"r1.weight": span}, 400, seed=3) == [{"r1.weight": v} for v in found]


def test_draws_of_few_values_end_when_all_have_come():
    found = drawn(WIDTHS, 10, seed=0)
    assert sorted(one["generator.width"] for one in found) == [8, 16, 32]


def test_one_value_is_the_same_for_all_runs():
    fixed, wanted = tried(["steps=100", "generator.width=8,16", "misspelled"])
    assert fixed == ["steps=100", "misspelled"]
    assert wanted == {"generator.width": Choices((8, 16))}
    assert whole_numbers("--seeds", "0..2,7") == (0, 1, 2, 7)
    with pytest.raises(ConfigError, match="whole numbers"):
        whole_numbers("--seeds", "a")


def test_labels_are_short_and_no_two_the_same():
    assert labels([{"generator.width": 8, "discriminator.width": 8}]) == [
        "generator.width-8-discriminator.width-8"
    ]
    assert labels([{"metrics": [1, 2]}, {"metrics": [1]}]) == ["metrics-_1_2_", "metrics-_1_"]
    assert labels([{"a": "x/y"}, {"a": "x y"}]) == ["setting-001", "setting-002"]
    assert labels([{}]) == [""]


@pytest.mark.parametrize(
    ("steps", "settings", "keep", "most", "rungs", "kept"),
    [
        (900, 9, "1/3", 0, (100, 300), 3),
        (900, 4, "1/3", 0, (300,), 2),
        (900, 100, "1/3", 0, (100, 300), 34),
        (2700, 100, "1/3", 3, (100, 300, 900), 34),
        (800, 8, "0.5", 3, (100, 200, 400), 4),
    ],
)
def test_rungs_are_fractions_of_the_way(steps, settings, keep, most, rungs, kept):
    halving = Halving.of(steps, settings, keep, most)
    assert (halving.rungs, halving.number_kept(settings)) == (rungs, kept)
    assert Halving.from_json(json.loads(json.dumps(halving.to_json()))) == halving


@pytest.mark.parametrize("keep", ["1", "0", "a third", "1/0", "-1/3"])
def test_a_share_that_keeps_all_or_none_is_refused(keep):
    with pytest.raises(ConfigError, match="fraction between 0 and 1"):
        Halving.of(900, 9, keep)


def test_who_goes_on_is_decided_by_the_mean_in_the_metrics_direction():
    measured = {"a": [4.0, 2.0], "b": [1.0, 1.0], "c": [0.0, None], "d": [None, None]}
    assert best_first(measured, lower_is_better=True) == ["b", "a", "c"]
    assert best_first(measured, lower_is_better=False) == ["a", "b", "c"]


def plan(wanted=None, seeds=(0, 1), **more) -> SweepPlan:
    asked = recipe("digits").changed({"steps": STEPS})
    return make_plan(asked, WIDTHS if wanted is None else wanted, seeds, **more)


def test_a_plan_is_what_it_was_when_it_is_read_again():
    asked = plan({**WIDTHS, "r1.weight": Span(0.01, 1, log=True)}, search="draws", draws=5)
    again = SweepPlan.from_json(json.loads(json.dumps(asked.to_json())))
    assert again == asked
    assert again.members() == asked.members()
    member = asked.members()[1]
    made = asked.recipe_of(member)
    assert (made.name, made.seed) == (member.title, 1)
    assert made.regularizers["r1"]["weight"] == member.values["r1.weight"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"generator.wdith": Choices((8, 16))}, "Did you mean 'width'"),
        ({"r1.wieght": Choices((1, 2))}, "Did you mean 'weight'"),
        ({"r3.weight": Choices((1, 2))}, "nothing called 'r3"),
        ({"loss": Choices(("hinge", "hnige"))}, "Did you mean 'hinge'"),
        ({"generator.width": Choices((8, -1))}, "width must be"),
        ({"seed": Choices((1, 2))}, "--seeds"),
    ],
)
def test_every_setting_is_checked_before_anything_begins(wanted, said, tmp_path):
    with pytest.raises(ConfigError, match=said):
        found_or_made(plan(wanted), tmp_path, on_this_machine(1))
    assert list(tmp_path.iterdir()) == []


def test_the_metric_must_say_which_run_is_better():
    assert plan().metric == "frechet"
    assert not plan(metric="coverage").lower_is_better
    assert "precision" in plan(metric="precision").recipe.metrics
    with pytest.raises(ConfigError, match="Neither more nor less of density"):
        plan(metric="density")
    with pytest.raises(UnknownNameError, match="Did you mean 'coverage'"):
        plan(metric="covrage")
    with pytest.raises(ConfigError, match=r"names no metric .* --metric NAME"):
        make_plan(recipe("text"), {})


def test_gpus_that_are_not_there_are_refused():
    with pytest.raises(ConfigError, match="none numbered 97"):
        on_gpus([97])
    with pytest.raises(ConfigError, match="At least one run"):
        on_this_machine(-1)


Act = Callable[[Entry, int], int | float]


@dataclass
class Ended:
    """A process that has ended."""

    code: int

    def poll(self) -> int:
        return self.code

    def send_signal(self, number: int) -> None:
        """Comes too late."""


@dataclass
class Stage:
    """A place where processes are acted: a float is what a run measures, an int how it fails."""

    act: Act

    def begin(self, sweep: SweepFolder, entry: Entry, step: int) -> Ended:
        came = self.act(entry, step)
        if isinstance(came, int):
            log = sweep.log_file(entry.member)
            log.parent.mkdir(exist_ok=True)
            log.write_text("Loading.\nOut of memory: 5 GB.\n\n")
            return Ended(came)
        run = sweep.run_of(entry.member) or create_run(sweep.path, entry.member.title)
        run.append_metrics({"step": step, "metric/frechet": came, "seconds": 60.0})
        done = sweep.plan.recipe_of(entry.member).steps
        run.write_status("finished" if step == done else "stopped", step=step, of=done)
        return Ended(0)


def by_width(entry: Entry, step: int) -> float:
    """Returns a Fréchet distance: less for wide networks, and by the seed."""
    return 100.0 / entry.member.values["generator.width"] + entry.member.seed


def begun(root: Path, asked: SweepPlan | None = None) -> SweepFolder:
    return make_sweep(root, "digits", asked or plan(), threads=1)


def test_a_sweep_trains_all_and_says_which_is_best(tmp_path):
    sweep, said = begun(tmp_path), []
    assert Scheduler(sweep, [Stage(by_width)] * 2, note=said.append).work()
    found = standings(open_sweep(sweep.path))
    assert [one.values["generator.width"] for one in found] == [32, 16, 8]
    best = found[0]
    assert (best.mean, best.step, best.seconds) == (3.625, STEPS, 120.0)
    assert best.spread == pytest.approx(0.5**0.5)
    assert best.states == {"finished": 2}
    assert said[-1] == "width-32-seed-1: finished, frechet 4.125 (6 of 6 done)."
    columns, rows = table(sweep, found)
    assert columns[:3] == ["generator.width", "seeds", "frechet"]
    assert rows[0] == [32, "0, 1", "3.625 ± 0.71", STEPS, "2 min 0 s", "2 finished", ""]
    assert verdict(sweep, found) == [
        "Best by frechet: generator.width=32 (3.625 ± 0.71 at step 900)."
    ]


def test_a_collapsed_run_is_not_called_best_without_saying_so(tmp_path):
    sweep = begun(tmp_path)
    Scheduler(sweep, [Stage(by_width)]).work()
    run = sweep.run_of(sweep.entry("width-32-seed-0").member)
    finding = {"name": "coverage", "severity": "alarm", "text": "The generator reaches only 5 %."}
    write_json(run.health_file, {"step": STEPS, "findings": [finding]})
    found = standings(sweep)
    assert found[0].alarms == {"coverage": 1}
    first, second = verdict(sweep, found)
    assert first.endswith("but the doctor has alarms: coverage ×1.")
    assert second.startswith("Best without an alarm: generator.width=16")
    assert "doctor has alarms" in Page(render_page(sweep)).text


def test_only_the_best_go_on(tmp_path):
    widths = {"generator.width": Choices(tuple(range(4, 40, 4)))}
    asked = plan(widths, seeds=(0,), keep="1/3")
    sweep, reached = begun(tmp_path, asked), []

    def act(entry: Entry, step: int) -> float:
        reached.append((entry.member.values["generator.width"], step))
        return by_width(entry, step)

    assert Scheduler(sweep, [Stage(act)] * 3).work()
    seen = {step: sorted({w for w, s in reached if s == step}) for _, step in reached}
    assert seen == {100: list(range(4, 40, 4)), 300: [28, 32, 36], 900: [36]}
    assert len(reached) == 9 + 3 + 1
    again = open_sweep(sweep.path)
    assert again.decided == [100, 300]
    assert [one.step for one in standings(again)] == [900, 300, 300] + [100] * 6
    left = again.entry("width-32-seed-0")
    assert (left.state, left.message) == ("left behind", "Left behind at step 300 by frechet.")
    assert Scheduler(again, [Stage(act)]).work()
    assert len(reached) == 13  # nothing was done twice


def test_who_fails_ends_alone_and_is_tried_again_when_asked(tmp_path):
    sweep = begun(tmp_path)
    calls: list[str] = []

    def act(entry: Entry, step: int) -> int | float:
        calls.append(entry.member.title)
        fails = entry.member.title == "width-16-seed-1" and len(calls) < 8
        return 1 if fails else by_width(entry, step)

    assert not Scheduler(sweep, [Stage(act)]).work()
    failed = sweep.entry("width-16-seed-1")
    assert (failed.state, failed.message) == ("failed", "Out of memory: 5 GB.")
    assert not Scheduler(open_sweep(sweep.path), [Stage(act)]).work()
    assert len(calls) == 6
    assert standings(sweep)[-1].values == {"generator.width": 16}  # a setting with a failed run
    calls.append("")
    again = open_sweep(sweep.path)
    assert Scheduler(again, [Stage(act)]).work(retry=True)
    assert calls[6:] == ["", "width-16-seed-1"]


def test_a_killed_run_goes_on_after_the_others_and_fails_the_second_time(tmp_path):
    sweep, calls = begun(tmp_path), []

    def act(entry: Entry, step: int) -> int | float:
        calls.append(entry.member.title)
        return -signal.SIGKILL if calls[-1] == "width-8-seed-0" else by_width(entry, step)

    assert not Scheduler(sweep, [Stage(act)]).work()
    assert [title == "width-8-seed-0" for title in calls] == [True, *[False] * 5, True]
    assert sweep.entry("width-8-seed-0").message.startswith("Killed 2 times, by SIGKILL")


def test_the_same_command_finds_its_sweep_and_another_makes_one(tmp_path):
    first = found_or_made(plan(), tmp_path, on_this_machine(2))
    assert first.path.name == "sweep-0001-digits"
    assert found_or_made(plan(), tmp_path, on_this_machine(4)).path == first.path
    assert same_sweep(tmp_path, plan(seeds=(0,))) is None
    other = found_or_made(plan(seeds=(0,)), tmp_path, on_this_machine(1), "mine")
    assert other.path.name == "sweep-0002-mine"


def test_two_processes_do_not_work_on_one_sweep(tmp_path):
    sweep = begun(tmp_path)
    with sweep.lock():
        assert open_sweep(sweep.path).is_busy()
        with pytest.raises(RunError, match="Another process is at work"):
            work(open_sweep(sweep.path), on_this_machine(1))
    assert not sweep.is_busy()


@pytest.mark.parametrize("damage", ["", "[]", '{"format": 1}', '{"format": 99}'])
def test_a_damaged_sweep_is_named(tmp_path, damage):
    sweep = begun(tmp_path)
    (sweep.path / "sweep.json").write_text(damage)
    with pytest.raises(RunError, match=r"sweep\.json"):
        open_sweep(sweep.path)
    assert same_sweep(tmp_path, plan()) is None


def test_the_page_shows_each_setting_and_run(tmp_path):
    asked = plan({**WIDTHS, "loss": Choices(("hinge", "<b>")[:1])})
    sweep = begun(tmp_path, asked)
    empty = Page(render_page(sweep)).text
    assert "No run has been measured by frechet yet." in empty
    Scheduler(sweep, [Stage(by_width)]).work()
    page = Page(render_page(sweep))
    assert page.tags.count("circle") == 6
    assert "frechet by generator.width, at step 900; the line is the mean" in page.text
    for entry in sweep.entries:
        assert entry.member.title in page.text


def test_ranges_of_many_draws_have_an_axis_of_their_own(tmp_path):
    wanted = {**WIDTHS, "r1.weight": Span(0.01, 1, log=True)}
    sweep = begun(tmp_path, plan(wanted, seeds=(0,), search="draws", draws=9))
    Scheduler(sweep, [Stage(by_width)]).work()
    page = Page(render_page(sweep))
    assert page.tags.count("circle") == 18
    assert "generator.width = 32" in page.text


def test_shell_lists_runs_and_shows_sweeps(multigan, tmp_path):  # noqa: F811
    command = ("sweep", "digits", "--set", "generator.width=8,16", "--seeds", "0..1")
    said = multigan(*command, "--steps", 50, "--out", tmp_path, "--halve", "frechet", "--dry-run")
    assert said.code == 0
    assert "4 runs of 50 steps, compared by frechet." in said.out
    assert "1/3 of the settings go on at step 17." in said.out
    assert list(tmp_path.iterdir()) == []
    wrong = multigan("sweep", "digits", "--set", "generator.wdith=8,16", "--out", tmp_path)
    assert (wrong.code, "Did you mean 'width'" in wrong.err) == (1, True)
    assert "belong to --halve" in multigan(*command, "--keep", "1/3").err
    sweep = begun(tmp_path)
    Scheduler(sweep, [Stage(by_width)]).work()
    shown = multigan("sweep", "--show", sweep.path)
    assert "Best by frechet: generator.width=32 (3.625 ± 0.71 at step 900)." in shown.out
    facts = json.loads(multigan("sweep", "--show", sweep.path, "--json").out)
    assert facts["settings"][0]["mean"] == 3.625
    assert len(multigan("runs", "list", "--runs", sweep.path).out.splitlines()) == 7
    missing = multigan("sweep", "--resume", tmp_path)
    assert (missing.code, "no sweep.json" in missing.err) == (1, True)


def test_fractions_are_kept_as_they_were_written():
    assert Halving.of(900, 9, "1/3").keep == Fraction(1, 3)
