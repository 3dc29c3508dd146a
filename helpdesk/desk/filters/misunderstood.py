class Misunderstood(Exception):
    """A value fits nothing that there is; carries the kind of the Problem."""
