// What rounds.ts finds, in a process of its own: its growth from a quarter of the rounds to the end, in MB, and the memories that are left.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Use {
  readonly heap: number;
  readonly resident: number;
}

export async function growth(count: number, threads: number): Promise<Use & { readonly alive: number }> {
  const script = fileURLToPath(new URL("rounds.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "./.ci/ts.mjs", script, String(count), String(threads)], { timeout: count * 1200 });
  const { quarter, end, alive } = JSON.parse(stdout) as { quarter: Use; end: Use; alive: number };
  return { heap: end.heap - quarter.heap, resident: end.resident - quarter.resident, alive };
}
