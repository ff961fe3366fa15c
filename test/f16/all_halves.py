"""Writes all_halves.json: SHA-256 of what NumPy makes of all 65,536 halves, case by case.

The first operand has every bit pattern in order, the second every one in another order (see cases.ts). Results are bytes
as they lie in memory, little-endian, NaN as 0x7e00, 0x7fc00000 or 0x7ff8000000000000.
Run: python3 all_halves.py (NumPy 2).
"""

import hashlib
import json
import pathlib

import numpy as np

bits = np.arange(65536, dtype=np.uint32)
x = bits.astype(np.uint16).view(np.float16)
y = ((bits * 40503 + 12345) & 0xFFFF).astype(np.uint16).view(np.float16)
# Around the middle of each pair of neighbouring halves, and past both ends.
wide = x.astype(np.float64)
following = ((bits + 1) & 0xFFFF).astype(np.uint16).view(np.float16).astype(np.float64)
with np.errstate(invalid="ignore"):
    middle = (wide + following) / 2
nudge = np.where(bits % 3 == 0, 0.0, np.where(bits % 3 == 1, 2.0**-20, -(2.0**-20)))
between = middle * (1 + nudge)
integers = bits.astype(np.int32) * 7 - 200000


def digest(values):
    values = np.asarray(values)
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.array(np.nan, values.dtype), values)
    return hashlib.sha256(values.astype(values.dtype.newbyteorder("<")).tobytes()).hexdigest()


with np.errstate(all="ignore"):
    cases = {
        "add": x + y, "sub": x - y, "mul": x * y, "div": x / y,
        "sqrt": np.sqrt(x), "neg": -x, "abs": np.abs(x), "maximum": np.maximum(x, y), "minimum": np.minimum(x, y),
        "floor": np.floor(x), "ceil": np.ceil(x), "trunc": np.trunc(x), "round": np.rint(x),
        "equal": x == y, "less": x < y, "at most": x <= y,
        "to f32": x.astype(np.float32), "to f64": x.astype(np.float64), "to bool": x.astype(np.bool_),
        # NumPy leaves out of range to the processor.
        "to i32": np.where(np.isfinite(x), x, np.float16(0)).astype(np.int32),
        "from f32": between.astype(np.float32).astype(np.float16), "from f64": between.astype(np.float16), "from i32": integers.astype(np.float16),
    }
    hashes = {name: digest(values) for name, values in cases.items()}

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(hashes, indent=1) + "\n")
