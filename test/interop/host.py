"""Runs a job (see job.ts) with a Damo artifact in wasmtime: python host.py JOB.json"""
import json
import pathlib
import sys

from wasmtime import Instance, Module, Store

job = json.loads(pathlib.Path(sys.argv[1]).read_text())
store = Store()
artifact = Instance(store, Module.from_file(store.engine, job["module"]), []).exports(store)
memory = artifact["memory"]


def call(name, *arguments):
    return artifact[name](store, *arguments)


def address(name, *arguments):
    return call(name, *arguments) & 0xFFFFFFFF  # addresses are unsigned


def check(name, *arguments):
    error = call(name, *arguments)
    if error != 0:
        sys.exit(f"{name} failed with error {error}")


assert call("damo_abi") == job["abi"]
for step in job["calls"]:
    f = step["function"]
    check(f"{f}_prepare", *step["sizes"])
    for i, path in enumerate(step["inputs"]):
        memory.write(store, pathlib.Path(path).read_bytes(), address(f"{f}_input", i))
    check(f"{f}_run")
    for i, output in enumerate(step["outputs"]):
        length = output["itemBytes"]
        for axis in range(output["rank"]):
            length *= call(f"{f}_output_dim", i, axis)
        start = address(f"{f}_output", i)
        pathlib.Path(output["path"]).write_bytes(memory.read(store, start, start + length))
for i, state in enumerate(job["state"]):
    start = address("state", i)
    pathlib.Path(state["path"]).write_bytes(memory.read(store, start, start + state["bytes"]))
