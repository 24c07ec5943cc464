"""How widgets are kept in touch while a kernel is busy."""

from typing import Any


def any_shell(widget: Any) -> None:
    """Lets a widget's clicks be handled while a cell runs.

    JupyterLab gives every kind of comm a thread of its own in the kernel (a subshell). ipykernel
    7.4 overrides that: it sends a comm's messages to the shell that last wrote to it, so a button
    made in a cell would wait for that cell to end. None makes it obey the message again, as 7.0 to
    7.3 do; elsewhere there is no such attribute and nothing to do. The browser tests notice if a
    later ipykernel changes its mind.
    """
    comm: Any = getattr(widget, "comm", None)
    if getattr(comm, "_reply_subshell_for", None) is not None:
        comm._reply_subshell_for = None
