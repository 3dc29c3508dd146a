"""Rules held against the last days, by a job, while the page shows how far it is."""
