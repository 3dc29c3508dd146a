"""What a rule says about a desk on which nobody has decided anything yet."""

NOBODY_DECIDED = frozenset()


def firing(findings) -> dict[str, object]:
    return {each.subject: each for each in findings if each.is_firing}
