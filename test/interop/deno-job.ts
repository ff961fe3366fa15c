// What Deno is asked to do, and what it answers, as JSON. Where Deno is, and how it is run.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentOf, missingDriver, setup } from "../webgpu/driver.ts";

export interface PlainTensor { readonly dtype: string; readonly shape: readonly number[]; readonly data: readonly number[] }

export interface DenoJob {
  /** Files, and calls of their functions in order. */
  readonly models: readonly { readonly bundle: string; readonly calls: readonly { readonly function: string; readonly feeds: unknown }[] }[];
  readonly shaders: readonly { readonly name: string; readonly code: string }[];
}

export interface DenoResults {
  /** What each call gave, or its error's message; the state after them. */
  readonly models: readonly { readonly results: readonly ({ readonly [output: string]: PlainTensor } | string)[]; readonly state: { readonly [name: string]: PlainTensor } }[];
  readonly faults: readonly string[];
}

const given = process.env["DAMO_DENO"];
const deno = given ?? "deno";

/** Why there is no Deno with an adapter; undefined where there is. With DAMO_DENO set there must be. */
export function missingDeno(): string | undefined {
  setup();
  const missing = missingDriver() ?? missingCommand();
  if (missing !== undefined && given !== undefined) throw new Error(`Deno: ${missing}`);
  return missing;
}

function missingCommand(): string | undefined {
  try {
    execFileSync(deno, ["--version"], { stdio: ["ignore", "pipe", "pipe"] });
    return undefined;
  } catch {
    return `there is no command ${deno}`;
  }
}

export function runInDeno(folder: string, job: DenoJob): DenoResults {
  const path = join(folder, "deno.json");
  writeFileSync(path, JSON.stringify(job));
  const host = fileURLToPath(new URL("deno-host.ts", import.meta.url));
  execFileSync(deno, ["run", "--quiet", "--allow-all", "--no-check", "--no-config", "--unstable-webgpu", host, path], { env: { ...process.env, ...environmentOf(), NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"], timeout: 200_000 });
  return JSON.parse(readFileSync(`${path}.results`, "utf8")) as DenoResults;
}
