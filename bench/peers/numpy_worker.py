"""NumPy as an engine: answers the requests of worker.ts, one line of JSON each. A native reference for what the machine can do.

Its BLAS runs one thread. Tasks that it is not given are refused as `unable`.
"""
import json
import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"

try:
    import numpy as np
except ModuleNotFoundError:
    np = None


def uniform(length, scale, seed):
    """The generator of models/parameter.ts: state[i] = a^i * state[0] + c * (a^0 + ... + a^(i-1)), all modulo 2^32."""
    a, c = 1664525, 1013904223
    powers = np.cumprod(np.full(length + 1, a, dtype=np.uint32), dtype=np.uint32)
    start = np.uint32((seed * 2654435761 + 12345) % 2**32)
    geometric = np.concatenate(([np.uint32(1)], powers[:-2])).cumsum(dtype=np.uint32)
    state = powers[:-1] * start + geometric * np.uint32(c)
    return ((state / 2**31 - 1) * scale).astype(np.float32)


def product(task):
    m, k, n, transposed = task["m"], task["k"], task["n"], task.get("transposed")
    dtype = np.float32 if task["dtype"] == "f32" else np.float64
    a, b = uniform(m * k, 1, 1).astype(dtype), uniform(k * n, 1, 2).astype(dtype)
    left = a.reshape(k, m).T if transposed == "a" else a.reshape(m, k)
    right = b.reshape(n, k).T if transposed == "b" else b.reshape(k, n)
    return lambda: left @ right


def chain(task):
    x = uniform(task["length"], 6, 1)
    one = np.float32(1)
    return lambda: np.tanh(x * np.float32(0.7) + np.float32(0.1)) / (one + np.exp(-x)) + np.exp(-x * x)


def linear_algebra(task):
    op, n = task["op"], task["size"]
    dtype = np.float32 if task["dtype"] == "f32" else np.float64
    a, b = uniform(n * n, 1, 3).astype(dtype).reshape(n, n), uniform(n, 1, 5).astype(dtype)
    if op in ("cholesky", "eigh"):
        a = np.tril(a) + np.tril(a, -1).T
    if op == "cholesky":
        np.fill_diagonal(a, n)
    return {
        "cholesky": lambda: np.linalg.cholesky(a), "solve": lambda: np.linalg.solve(a, b), "qr": lambda: np.abs(np.linalg.qr(a)[1]),
        "svd": lambda: np.linalg.svd(a, full_matrices=False)[1], "eigh": lambda: np.linalg.eigh(a)[0],
    }[op]


def sort(task):
    x = uniform(task["length"], 1, 3)
    return lambda: np.sort(x)


def spectrum(task):
    x = uniform(task["length"], 1, 3)
    # Pairs, as the others give them. NumPy 1 transforms in f64.
    real = np.float32 if np.fft.rfft(x[:2]).dtype == np.complex64 else np.float64
    return lambda: np.fft.rfft(x).view(real)


builders = {"product": product, "chain": chain, "linear algebra": linear_algebra, "sort": sort, "spectrum": spectrum}
warm_up_seconds = 0.25
run = None


def timed(count):
    """Time in which the process was not running does not count."""
    start, used = time.perf_counter(), time.process_time()
    for _ in range(count):
        run()
    return min(time.perf_counter() - start, time.process_time() - used) * 1000 / count


def sample(count):
    if count > 1:
        timed(1)
    return {"kind": "sampled", "time": timed(count)}


def prepare(task):
    global run
    if np is None:
        return {"kind": "unable", "reason": "not installed"}
    if task["kind"] not in builders:
        return {"kind": "unable", "reason": "cannot do this"}
    run = builders[task["kind"]](task)
    values = np.asarray(run()).ravel()
    count = min(16, values.size)
    fingerprint = [float(values[int((i + 0.5) * values.size / count)]) for i in range(count)]
    end = time.perf_counter() + warm_up_seconds
    estimate = timed(1)
    while time.perf_counter() < end:
        estimate = timed(max(2, min(1000, round(30 / estimate))))
    return {"kind": "ready", "fingerprint": fingerprint, "estimate": estimate}


for line in sys.stdin:
    request = json.loads(line)
    answer = prepare(request["prepare"]) if "prepare" in request else sample(request["sample"])
    print(json.dumps(answer), flush=True)
