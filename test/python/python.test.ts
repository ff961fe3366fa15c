// Beside NumPy, SciPy, JAX and mpmath as they are here: the scripts of the fixtures write others, from a seed that is new each time, and the tests
// of the fixtures run on those. DAMO_SEED repeats a run. With DAMO_PYTHON set, a Python that lacks one of them is a failure.
import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { scratchFolder } from "../scratch-folder.ts";

const families: { readonly [script: string]: () => Promise<unknown> } = {
  "linalg/fixtures/linalg.py": () => import("../linalg/values.test.ts"),
  "fft/fixtures/fft.py": () => import("../fft/numpy.test.ts"),
  "sorting/fixtures/sorting.py": () => import("../sorting/numpy.test.ts"),
  "fixtures/sparse.py": () => import("../sparse/scipy.test.ts"),
  "fixtures/special.py": () => import("../special/values.test.ts"),
};

const python = process.env["DAMO_PYTHON"] ?? "python3";
const seed = process.env["DAMO_SEED"] ?? String(1 + Math.floor(Math.random() * 1e6));

function run(...args: readonly string[]): void {
  execFileSync(python, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 200_000 });
}

/** The line that Python ends with where a package is missing. */
function missingPackages(): string | undefined {
  try {
    run("-c", "import numpy, scipy, jax, mpmath");
    return undefined;
  } catch (error) {
    if (process.env["DAMO_PYTHON"] !== undefined) throw error;
    return String((error as { readonly stderr?: unknown }).stderr ?? error).trim().split("\n").at(-1);
  }
}

const missing = missingPackages();
const folder = scratchFolder("fixtures");
if (missing === undefined) process.env["DAMO_FIXTURES"] = folder;

for (const [script, load] of Object.entries(families)) {
  if (missing === undefined) {
    run(fileURLToPath(new URL(`../${script}`, import.meta.url)), seed, join(folder, basename(script).replace(/py$/, "json")));
    describe(`${script} ${seed}`, async () => void await load());
  } else {
    test.skip(`${script}: ${python} does not run it: ${missing}`, () => undefined);
  }
}
if (missing === undefined) console.log(`DAMO_SEED=${seed}`);
