// Where tests find a Vulkan driver. A driver is chosen by the environment that a process starts with, so vitest.config.ts gives
// it to the workers of the project `webgpu`.
//   DAMO_WEBGPU=swiftshader   the software driver that @sparticuz/chromium brings along (the default): the same on every machine
//   DAMO_WEBGPU=system        what the system has: a GPU, or Mesa's software driver by VK_ICD_FILENAMES

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const archive = join(modules, "@sparticuz/chromium/bin/swiftshader.tar.br");
const folder = join(modules, ".cache/damo/swiftshader");
const icd = join(folder, "vk_swiftshader_icd.json");

type Driver = "swiftshader" | "system";
const wanted: Driver = process.env["DAMO_WEBGPU"] === "system" ? "system" : "swiftshader";

/** The variables that a process needs from its start; XDG_RUNTIME_DIR only quiets the loader. */
export function environmentOf(driver: Driver = wanted): Readonly<Record<string, string>> {
  const quiet = { XDG_RUNTIME_DIR: process.env["XDG_RUNTIME_DIR"] ?? "/tmp" };
  return driver === "system" ? quiet : { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: icd, ...quiet };
}

/** Why there is no software driver here, if that is so. */
export function missingDriver(driver: Driver = wanted): string | undefined {
  if (driver === "system" || existsSync(icd)) return undefined;
  if (process.platform !== "linux" || process.arch !== "x64") return `SwiftShader comes for Linux on x64, and this is ${process.platform} on ${process.arch}`;
  return existsSync(archive) ? `${archive} is not unpacked` : "the package @sparticuz/chromium is not installed";
}

/** Vitest's global set-up. */
export function setup(): void {
  unpackDriver();
}

/** Once. Runs side by side never see a half of it. */
export function unpackDriver(driver: Driver = wanted): void {
  if (driver === "system" || existsSync(icd) || !existsSync(archive) || process.platform !== "linux" || process.arch !== "x64") return;
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  writeFileSync(join(fresh, "driver.tar"), brotliDecompressSync(readFileSync(archive)));
  execFileSync("tar", ["xf", "driver.tar"], { cwd: fresh });
  rmSync(join(fresh, "driver.tar"));
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    if (!existsSync(icd)) throw error;
  }
}
