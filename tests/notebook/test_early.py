"""What a cell does before anybody waits for torch."""

import subprocess
import sys

CHECK = """
import sys
import multigan.notebook.beginning, multigan.notebook.commands.train
from multigan.terminal.resolving import said_at_once
from argparse import Namespace
asked = {"recipe": "digits", "chosen": None, "data": None, "config": None, "steps": 5, "seed": 1}
print(said_at_once(Namespace(**asked, heal=False, size=None, speed=None, set=[])))
sys.exit("torch" in sys.modules)
"""


def test_a_recipe_is_named_before_torch_is_imported():
    done = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "digits\n"), done.stderr
