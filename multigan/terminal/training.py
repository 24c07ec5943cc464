"""What `train`, `resume` and `demo` have in common: a session, watched from start to end."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from multigan.core.processes import is_main_process
from multigan.errors import RunError
from multigan.report.formatting import duration
from multigan.runs.run import Run
from multigan.runs.session import Session
from multigan.terminal.output import print_json, remark, say
from multigan.terminal.progress import make_progress


def train_session(prepare: Callable[..., Session], *, as_json: bool = False) -> Run:
    """Trains a session to its end and says how it ended.

    Args:
        prepare: Opens the session: `start` or `resume`, given all but how to talk.
        as_json: Print one object per logged row, and one about the run.
    """
    progress, note = make_progress(as_json), remark if as_json else say
    session = prepare(callbacks=[progress], on_row=progress.on_row, on_note=note)
    already_said = len(session.notes)
    for text in [*session.notes, *_where_to_look(session)]:
        note(text)
    try:
        run = session.fit()
    except BrokenPipeError:
        raise RunError(
            f"Nobody reads the output any more, so the training has ended. Go on with: multigan "
            f"resume {session.run.path}"
        ) from None
    finally:
        with suppress(OSError):  # which would hide what ended the training
            for text in session.notes[already_said:]:
                note(text)
    if is_main_process():
        print_json(outcome(run)) if as_json else _say_how_it_ended(run)
    return run


def _where_to_look(session: Session) -> list[str]:
    """Returns the first lines of a training: where everything is, and how to watch and stop it."""
    run, every = session.run, session.recipe.look_every
    looks = f"Samples: {run.samples}, from the first step on. " if every else ""
    return [
        f"Training {run.path} on {session.engine.device}. Ctrl-C stops it and saves it.",
        f"{looks}Report: {run.report_file}",
        f"To watch it: multigan runs show {run.path}, or JupyterLab: %multigan watch {run.path}",
    ]


def outcome(run: Run) -> dict[str, Any]:
    """Returns what a program wants to know of a run that has ended."""
    status = run.status()
    return {
        "run": str(run.path),
        "state": status["state"],
        "step": status["step"],
        "of": status["of"],
        "checkpoint": _newest(run.checkpoint_folders()),
        "samples": _newest(run.sample_files()),
        "report": str(run.report_file),
    }


def _say_how_it_ended(run: Run) -> None:
    status, facts = run.status(), outcome(run)
    if status["state"] == "finished":
        seconds = next((r["seconds"] for r in reversed(run.metrics()) if "seconds" in r), 0.0)
        say(f"Finished {status['step']} steps in {duration(seconds)}.")
        say(f"Sample it: multigan sample {run.path}")
    else:
        say(
            f"{status['message']} Step {status['step']} of {status['of']} is saved: "
            f"{facts['checkpoint']}"
        )
        say(f"To go on: multigan resume {run.path}")
    if facts["samples"]:
        say(f"Samples: {facts['samples']}")
    say(f"Report: {facts['report']}")


def _newest(paths: Sequence[Path]) -> str | None:
    return str(paths[-1]) if paths else None
