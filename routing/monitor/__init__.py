"""How it stands now: who waits, who answers, what goes wrong. Figures as metrics.md, "Live monitor", defines them."""
