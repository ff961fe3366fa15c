// Runs a job (see job.ts) with a Damo artifact in V8, with nothing but the WebAssembly API: node host.mjs JOB.json
import { readFileSync, writeFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { instance } = await WebAssembly.instantiate(readFileSync(job.module));
const artifact = instance.exports;

// Made anew for each use: a view is detached when the memory grows. `>>> 0`: addresses are unsigned.
const view = (address, length) => new Uint8Array(artifact.memory.buffer, address >>> 0, length);

function check(name, ...sizes) {
  const error = artifact[name](...sizes);
  if (error !== 0) throw new Error(`${name} failed with error ${error}`);
}

if (artifact.damo_abi() !== job.abi) throw new Error("another version of the ABI");
for (const { function: f, sizes, inputs, outputs } of job.calls) {
  check(`${f}_prepare`, ...sizes);
  inputs.forEach((path, i) => {
    const bytes = readFileSync(path);
    view(artifact[`${f}_input`](i), bytes.length).set(bytes);
  });
  check(`${f}_run`);
  outputs.forEach(({ path, rank, itemBytes }, i) => {
    let length = itemBytes;
    for (let axis = 0; axis < rank; axis++) length *= artifact[`${f}_output_dim`](i, axis);
    writeFileSync(path, view(artifact[`${f}_output`](i), length));
  });
}
job.state.forEach(({ path, bytes }, i) => {
  writeFileSync(path, view(artifact.state(i), bytes));
});
