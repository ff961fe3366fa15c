// Files on disk, where the program runs on Node: read whole, and replaced in one step, so that a crash leaves the old file
// or the new one. Node's modules are asked for by name when they are needed, so that bundles for browsers do not see them.

import { userError } from "../ir/errors.ts";

/** E410 where there are no files. */
function nodeModule<Name extends "node:fs/promises" | "node:path">(op: string, name: Name) {
  const module = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.(name);
  if (module === undefined) throw userError("E410", { op, message: "there are no files here", hint: "use saveBytes and loadBytes" });
  return module;
}

/** E707 if the file cannot be read. */
export async function readBytes(op: string, path: string): Promise<Uint8Array> {
  const { readFile } = nodeModule(op, "node:fs/promises");
  try {
    return await readFile(path);
  } catch (cause) {
    throw userError("E707", { op, message: `${path} could not be read`, cause });
  }
}

/** Writes beside the file, then takes its name. E707 if that fails; the old file is then still there. */
export async function replaceFile(op: string, path: string, bytes: Uint8Array): Promise<void> {
  const { open, rename, rm } = nodeModule(op, "node:fs/promises");
  const { basename, dirname, join } = nodeModule(op, "node:path");
  const fresh = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    const file = await open(fresh, "wx");
    try {
      await file.writeFile(bytes);
      // Before the name changes: else a crash could leave the name with no content.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw userError("E707", { op, message: `${path} could not be written`, cause });
  }
}
