"""Timing with CPU figures: wall time says what a user felt, CPU what it cost; ratios of one run can be compared."""

import contextlib
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
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
    # Application and database together, where each call was metered by itself.
    cpu_ms: float | None = None
    cpu_p95_ms: float | None = None
    cpu_floors: dict[str, float] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)  # what else a scenario has to tell of it

    def ratios(self) -> dict[str, float]:
        return {name: self.wall_ms / floor for name, floor in self.floors.items() if floor}

    def cpu_ratios(self) -> dict[str, float]:
        return {name: self.cpu_ms / floor for name, floor in self.cpu_floors.items() if floor}


@dataclass(frozen=True)
class Cost:
    """One call, in milliseconds."""

    wall: float
    app: float
    db: float

    @property
    def cpu(self) -> float:
        return self.app + self.db


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


def cost_of(call: Callable[[], object], backend: int) -> Cost:
    """One call in this process that asks this one backend of the database, and no other."""
    database = Path(f"/proc/{backend}")
    db, app, wall = cpu_of(database), time.process_time(), time.perf_counter()
    call()
    wall, app = time.perf_counter() - wall, time.process_time() - app
    return Cost(wall * 1000, app * 1000, (cpu_of(database) - db) * 1000)


def figure_of(name: str, costs: list[Cost], *, size_kb: float | None = None) -> Figure:
    return Figure(
        name,
        len(costs),
        statistics.median(cost.wall for cost in costs),
        percentile([cost.wall for cost in costs], 95),
        statistics.median(cost.app for cost in costs),
        statistics.median(cost.db for cost in costs),
        size_kb,
        cpu_ms=statistics.median(cost.cpu for cost in costs),
        cpu_p95_ms=percentile([cost.cpu for cost in costs], 95),
    )


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


def report(
    scenario: str, figures: list[Figure], *, scale: int, notes: list[str] = (), facts: dict | None = None
) -> None:
    """Print the table and write SCENARIO.json, with `facts` in it, into var/bench/."""
    print(f"\n{scenario} at scale {scale:,} on {machine()}, load {os.getloadavg()[0]:.1f}\n")
    wide = max([34, *(len(figure.name) + 1 for figure in figures)])
    print(
        f"{'':<{wide}}{'calls':>6}{'wall ms':>9}{'p95':>9}{'app CPU':>9}{'db CPU':>9}{'CPU p95':>9}{'kB':>7}"
        "  ratio to its floors"
    )
    for figure in figures:
        print(
            f"{figure.name:<{wide}}{figure.calls:>6}{figure.wall_ms:>9.2f}{figure.p95_ms:>9.2f}"
            f"{shown(figure.app_cpu_ms):>9}{shown(figure.db_cpu_ms):>9}{shown(figure.cpu_p95_ms):>9}"
            f"{shown(figure.size_kb):>7}  {', '.join(ratio_words(figure))}"
        )
    for note in notes:
        print(note)
    target = Path("var/bench")
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{scenario}.json"
    rows = [asdict(f) | {"ratios": f.ratios(), "cpu_ratios": f.cpu_ratios()} for f in figures]
    known = {
        "scenario": scenario,
        "scale": scale,
        "machine": machine(),
        "figures": rows,
        "notes": list(notes),
        **(facts or {}),
    }
    path.write_text(json.dumps(known, indent=1))
    print(f"\nwritten to {path}")


def ratio_words(figure: Figure) -> Iterator[str]:
    for name, value in figure.ratios().items():
        yield f"{value:.1f} x {name}" if value >= 0.1 else f"1/{1 / value:,.0f} of {name}"
    for name, value in figure.cpu_ratios().items():
        yield f"CPU {value:.1f} x {name}" if value >= 0.1 else f"CPU 1/{1 / value:,.0f} of {name}"


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
