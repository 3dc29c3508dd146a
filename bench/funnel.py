"""The funnel report: beside its bare SQL, beside counting from the rows, and what keeping it up to date costs."""

from bench.measure import report
from bench.stand import stand, use_django


def run(scale: int) -> None:
    with stand() as running:
        use_django(running)
        from bench.funnel_jobs import measure_jobs, measure_rebuild, sizes  # noqa: PLC0415  needs that Django
        from bench.funnel_report import measure_reports  # noqa: PLC0415
        from bench.funnel_year import count_year, write_year  # noqa: PLC0415

        written = write_year(scale)
        print(
            f"{written.sessions:,} sessions, {written.conversations:,} conversations: {written.seconds:.0f} s"
        )
        counted = count_year()
        print(f"counted: {counted:.0f} s")
        reports, agree = measure_reports(running)
        jobs = measure_jobs()
        rebuilt = measure_rebuild(running)
        facts = {
            "conversations": written.conversations,
            "generated_in_seconds": written.seconds,
            "counted_in_seconds": counted,
            "reports_agree_with_rows": agree,
            **rebuilt,
            **sizes(),
        }
    notes = [
        "CPU is application and database together, p95 of single calls. Floors in the same run: the statements that the",
        "view asks, sent again by themselves; the same figures of both periods counted from the rows by SQL.",
        *(f"{name.replace('_', ' ')}: {said(value)}" for name, value in facts.items()),
    ]
    report("funnel", [*reports, *jobs], scale=scale, notes=notes, facts=facts)


def said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return (
        f"{value:,.1f}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
