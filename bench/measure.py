"""Timing with CPU figures: wall time says what a user felt, CPU what it cost; ratios of one run can be compared."""

import contextlib
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figure:
    """One measured thing. Times in milliseconds per call, medians; CPU is application and database apart."""

    name: str
    calls: int
    wall_ms: float
    p95_ms: float
    app_cpu_ms: float | None = None
    db_cpu_ms: float | None = None
    size_kb: float | None = None
    floors: dict[str, float] = field(default_factory=dict)  # floor -> its median wall in ms

    def ratios(self) -> dict[str, float]:
        return {name: self.wall_ms / floor for name, floor in self.floors.items() if floor}


def cpu_seconds(pids: list[int]) -> float:
    """CPU used so far by these processes, user and system, with that of their children that have ended.

    Ask for the processes anew before each call: a database's backends come and go.
    """
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += cpu_of(Path(f"/proc/{pid}"))
    return total


def cpu_of(process: Path) -> float:
    """Seconds of one process. Of one with a single thread to the nanosecond: a database has many that do
    little, and the ticks of `stat` would round each down."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    own, ended_children = fields[11:13], fields[13:15]
    ticks = sum(int(value) for value in ended_children) / TICKS
    if len(list((process / "task").iterdir())) == 1:
        return ticks + int((process / "schedstat").read_text().split()[0]) / 1e9
    return ticks + sum(int(value) for value in own) / TICKS


def time_calls(call: Callable[[], object], *, calls: int, warm: int = 5) -> list[float]:
    """Wall times of `calls` calls in milliseconds, after some that do not count."""
    for _ in range(warm):
        call()
    times = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def measure(
    name: str,
    call: Callable[[], object],
    *,
    calls: int,
    app_pids: Callable[[], list[int]],
    db_pids: Callable[[], list[int]],
    warm: int = 5,
    floors: dict[str, Callable[[], object]] | None = None,
) -> Figure:
    """Time `call` and, in the same run, its floors; read the CPU of application and database around it."""
    for _ in range(warm):
        answer = call()
    before = [cpu_seconds(pids()) for pids in (app_pids, db_pids)]
    times = time_calls(call, calls=calls, warm=0)
    used = [cpu_seconds(pids()) - was for pids, was in zip((app_pids, db_pids), before, strict=True)]
    size = len(answer.content) / 1000 if hasattr(answer, "content") else None
    return Figure(
        name,
        calls,
        statistics.median(times),
        percentile(times, 95),
        *(seconds / calls * 1000 for seconds in used),
        size,
        {key: statistics.median(time_calls(floor, calls=calls)) for key, floor in (floors or {}).items()},
    )


def percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))]


def machine() -> str:
    model = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}, {platform.system()}"


def report(scenario: str, figures: list[Figure], *, scale: int, notes: list[str] = ()) -> None:
    """Print the table and write bench-SCENARIO.json beside it (in var/bench/)."""
    print(f"\n{scenario} at scale {scale:,} on {machine()}, load {os.getloadavg()[0]:.1f}\n")
    print(
        f"{'':<34}{'calls':>6}{'wall ms':>9}{'p95':>8}{'app CPU':>9}{'db CPU':>8}{'kB':>7}  ratio to its floors"
    )
    for figure in figures:
        ratios = ", ".join(f"{value:.1f} x {name}" for name, value in figure.ratios().items())
        print(
            f"{figure.name:<34}{figure.calls:>6}{figure.wall_ms:>9.2f}{figure.p95_ms:>8.2f}"
            f"{shown(figure.app_cpu_ms):>9}{shown(figure.db_cpu_ms):>8}{shown(figure.size_kb):>7}  {ratios}"
        )
    for note in notes:
        print(note)
    target = Path("var/bench")
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{scenario}.json"
    rows = [asdict(figure) | {"ratios": figure.ratios()} for figure in figures]
    facts = {
        "scenario": scenario,
        "scale": scale,
        "machine": machine(),
        "figures": rows,
        "notes": list(notes),
    }
    path.write_text(json.dumps(facts, indent=1))
    print(f"\nwritten to {path}")


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
