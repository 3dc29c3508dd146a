"""Telling other programs: what they are told, signed, and how a telling is sent and tried again."""
