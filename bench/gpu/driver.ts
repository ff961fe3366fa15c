// Which Vulkan driver engines run on: a GPU if the system has a driver for one, else SwiftShader. A process gets its driver from the environment it
// starts with, so each is looked at in a process of its own.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentOf, missingDriver, unpackDriver } from "../../test/webgpu/driver.ts";
import type { FoundAdapter } from "./adapter.ts";
import { softwareOf } from "./judge.ts";

type Environment = Readonly<Record<string, string>>;

export interface Chosen extends FoundAdapter {
  readonly environment: Environment;
}

/** NVIDIA's driver as container runtimes bring it: the library, often without the file that tells Vulkan's loader of it, and without a loader. */
function nvidiaEnvironments(): readonly Environment[] {
  const loader = environmentOf("swiftshader")["LD_LIBRARY_PATH"]!;
  const folder = mkdtempSync(join(tmpdir(), "damo-icd-"));
  return ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"].map((library) => {
    const icd = join(folder, `${library}.json`);
    writeFileSync(icd, JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: library, api_version: "1.3.0" } }));
    return { ...environmentOf("system"), LD_LIBRARY_PATH: [process.env["LD_LIBRARY_PATH"], loader].filter(Boolean).join(":"), VK_ICD_FILENAMES: icd };
  });
}

function look(environment: Environment): FoundAdapter | undefined {
  const file = fileURLToPath(new URL("adapter.ts", import.meta.url));
  const { stdout } = spawnSync(process.execPath, [...process.execArgv, file], { env: { ...process.env, ...environment }, encoding: "utf8", timeout: 60_000, stdio: ["ignore", "pipe", "ignore"] });
  const line = (stdout ?? "").split("\n").find((text) => text.startsWith("{"));
  const found = line === undefined ? undefined : JSON.parse(line) as FoundAdapter | { readonly missing: string };
  return found === undefined || "missing" in found ? undefined : found;
}

/** By DAMO_WEBGPU (`system` or `swiftshader`) if it is set; or why there is none. */
export function chooseDriver(): Chosen | string {
  unpackDriver("swiftshader");
  const asked = process.env["DAMO_WEBGPU"];
  const hasNvidia = existsSync("/dev/nvidiactl");
  const ofSystem = asked === "swiftshader" ? [] : [environmentOf("system"), ...(hasNvidia ? nvidiaEnvironments() : [])];
  const found = ofSystem.flatMap((environment) => {
    const adapter = look(environment);
    return adapter === undefined ? [] : [{ ...adapter, environment }];
  });
  const gpu = found.find(({ name }) => softwareOf(name) === undefined);
  if (gpu !== undefined) return gpu;
  if (asked === "system") return found[0] ?? `Dawn finds no Vulkan driver of the system${hasNvidia ? " (there is an NVIDIA GPU; its driver's Vulkan part, libGLX_nvidia or libEGL_nvidia, does not answer)" : ""}`;
  const environment = environmentOf("swiftshader");
  const adapter = missingDriver("swiftshader") === undefined ? look(environment) : undefined;
  if (adapter !== undefined) return { ...adapter, environment };
  return found[0] ?? `Dawn finds no Vulkan driver: none of the system's, and ${missingDriver("swiftshader") ?? "SwiftShader does not answer"}`;
}
