"""`make bench SCENARIO=routing`: what rules cost on an event, giving tickets out, dry runs, and the monitor.

Each part runs in a process of its own, with servers of its own. `scale` is the number of tickets of the dry run.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("routing_rules", "routing_assignment", "routing_dry_run", "routing_monitor")


def run(tickets: int) -> None:
    for part in PARTS:
        if not (ROOT / "bench" / f"{part}.py").exists():
            continue
        scale = [str(tickets)] if part == "routing_dry_run" else []
        print(flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{part}", *scale], cwd=ROOT, check=True)
