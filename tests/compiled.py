"""pytest plugin: what Python compiles is kept, under .venv and apart from the sources.

The tests start programs hundreds of times; in a fresh checkout, or where the environment forbids keeping it, each of them
would spend two of its three seconds on compiling.
"""

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".venv" / "compiled"

if FOLDER.parent.is_dir():
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # for ourselves, and for whatever we start
    sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(FOLDER))
