"""Counts side by side in one long number: adding two such numbers adds every count at once.

A lane is 32 bits wide, so a sum is right as long as no single count passes 4.29 thousand million. Stored as one byte that
says how many bytes of each lane are kept (the others are 0 in all of them), two that say how many empty lanes come first,
then the lanes, lowest first, without empty ones at the end: three quarters of most tallies would be zeros otherwise.
"""

import sys
from array import array
from collections.abc import Mapping

WIDTH = 32
BYTES = WIDTH // 8
TYPE = "I"  # 32 bits without a sign


def pack(counts: Mapping[int, int]) -> int:
    """The counts of these lanes as one number."""
    if not counts:
        return 0
    lanes = array(TYPE, bytes(BYTES * (max(counts) + 1)))
    for lane, count in counts.items():
        lanes[lane] = count
    if sys.byteorder == "big":
        lanes.byteswap()
    return int.from_bytes(lanes.tobytes(), "little")


def unpack(packed: int) -> array:
    """All lanes from the first to the last that holds anything."""
    length = -(-packed.bit_length() // WIDTH)
    lanes = array(TYPE, packed.to_bytes(BYTES * length, "little"))
    if sys.byteorder == "big":
        lanes.byteswap()
    return lanes


def to_bytes(packed: int) -> bytes:
    if not packed:
        return b""
    empty = ((packed & -packed).bit_length() - 1) // WIDTH
    packed >>= empty * WIDTH
    lanes = packed.to_bytes(BYTES * -(-packed.bit_length() // WIDTH), "little")
    kept = kept_bytes(lanes)
    narrow = bytearray(kept * (len(lanes) // BYTES))
    for place in range(kept):
        narrow[place::kept] = lanes[place::BYTES]
    return bytes((kept,)) + empty.to_bytes(2, "little") + narrow


def kept_bytes(lanes: bytes) -> int:
    """How many bytes the largest lane needs."""
    return next(place + 1 for place in reversed(range(BYTES)) if lanes[place::BYTES].strip(b"\0"))


def from_bytes(stored: bytes) -> int:
    if not stored:
        return 0
    kept = stored[0]
    lanes = bytearray(BYTES * ((len(stored) - 3) // kept))
    for place in range(kept):
        lanes[place::BYTES] = stored[3 + place :: kept]
    return int.from_bytes(lanes, "little") << (int.from_bytes(stored[1:3], "little") * WIDTH)
