// Packs the built package and installs it the way a user would: the tarball into an empty folder.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratchFolder } from "../scratch-folder.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Packed {
  readonly tarball: string;
  /** Paths in the tarball, and its size in bytes. */
  readonly files: readonly string[];
  readonly size: number;
}

/** A command's standard output; when it fails, the error carries what it said. */
export function execute(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${error ?? ""}${stdout}${stderr}`);
  return stdout;
}

const scratch = scratchFolder("package");

export function newFolder(): string {
  return mkdtempSync(join(scratch, "case-"));
}

export function pack(): Packed {
  const folder = newFolder();
  const [packed] = JSON.parse(execute(root, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder)) as [
    { filename: string; size: number; files: { path: string }[] },
  ];
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path), size: packed.size };
}

/** A new project with the tarball (and other packages) installed, and the files of `consumer/` beside it. */
export function installInto(folder: string, packages: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  execute(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", ...packages);
}

export function copyConsumer(name: string, folder: string): void {
  copyFileSync(fileURLToPath(new URL(`consumer/${name}`, import.meta.url)), join(folder, name));
}
