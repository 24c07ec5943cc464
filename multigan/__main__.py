"""`python -m multigan`, which `torchrun -m multigan` needs."""

import sys

from multigan.cli import main

if __name__ == "__main__":
    sys.exit(main())
