"""Django's templates, drawn in a third of the time: see loader.py."""
