"""`multigan runs`: look at runs and steer them, through the files in their folders."""

from multigan.cli.commands import Group
from multigan.cli.runs import compare, delete, heal, listing, requests, show, turn

RUNS = Group(
    "List, show, steer, compare and delete runs.",
    {
        "list": listing,
        "show": show,
        "stop": requests.STOP,
        "pause": requests.PAUSE,
        "continue": requests.CONTINUE,
        "checkpoint": requests.CHECKPOINT,
        "set": turn,
        "heal": heal,
        "compare": compare,
        "delete": delete,
    },
)
