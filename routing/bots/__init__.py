"""Bots that ask for what the team will need, and bring the ticket to where it belongs."""
