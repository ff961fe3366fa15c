// The engines that run artifacts here: V8 always; wasmtime where Python has it; wazero where Go is. A host that
// cannot be used gives its reason. With DAMO_PYTHON or DAMO_WAZERO set that host is a must, and a failure is one.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratchFolder } from "../scratch-folder.ts";

export interface Host {
  readonly name: string;
  /** Why it cannot run here; undefined when it can. */
  readonly missing?: string;
  /** Runs the job and waits; throws with the host's own words. */
  run(job: string): void;
}

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

function command(file: string, ...first: string[]): (job: string) => void {
  return (job) => {
    execFileSync(file, [...first, job], { stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
  };
}

/** Whether a command ends well; `undefined` when it does, else what to tell the reader. */
function attempt(reason: string, file: string, args: readonly string[], cwd?: string): string | undefined {
  try {
    execFileSync(file, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 200_000, ...(cwd === undefined ? {} : { cwd }) });
    return undefined;
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr ?? "").trim();
    return stderr === "" ? reason : `${reason}: ${stderr.split("\n").at(-1)}`;
  }
}

function host(name: string, missing: string | undefined, required: boolean, run: Host["run"]): Host {
  if (missing !== undefined && required) throw new Error(`${name}: ${missing}`);
  return missing === undefined ? { name, run } : { name, missing, run };
}

function wasmtime(): Host {
  const python = process.env["DAMO_PYTHON"] ?? "python3";
  const missing = attempt(`${python} cannot import wasmtime`, python, ["-c", "import wasmtime"]);
  return host("wasmtime", missing, process.env["DAMO_PYTHON"] !== undefined, command(python, here("host.py")));
}

function wazero(): Host {
  const given = process.env["DAMO_WAZERO"];
  if (given !== undefined) return host("wazero", undefined, true, command(given));
  const binary = join(scratchFolder("wazero"), "host");
  const missing = attempt("go cannot build the host", "go", ["build", "-o", binary, "."], here("go"));
  return host("wazero", missing, false, command(binary));
}

export function findHosts(): Host[] {
  return [host("V8", undefined, true, command(process.execPath, here("host.mjs"))), wasmtime(), wazero()];
}
