"""raw bytes -> ParsedEmail, and what can be told of it. Pure functions: no database, no clock, no network."""
