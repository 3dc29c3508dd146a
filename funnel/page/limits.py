"""How often one teammate may ask, as django-ratelimit counts: far above what a person does, below what a desk would feel."""

PAGES = "600/m"
LISTS = "120/m"  # files, and lists of all rows
