"""`manage.py up`, and servers for every other command: starts PostgreSQL, Valkey and our processes, watches, stops.

Nothing here imports Django: it runs before the settings are read, and decides what they will read.
"""
