"""`python -m multigan`, which `torchrun -m multigan` needs."""

import os
import sys
from typing import NoReturn

from multigan.cli import main
from multigan.core.processes import find_place


def leave(code: int) -> NoReturn:
    """Ends one process of several at once, after its work and its connection have ended.

    An interpreter that shuts down in the usual way stops the threads of torch's process groups
    where they stand, which now and then aborts it: "terminate called without an active exception".
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    code = main()
    if find_place() is not None:
        leave(code)
    sys.exit(code)
