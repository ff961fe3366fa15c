// Where the data sets lie, and the error for what is wrong in them.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export class DataError extends Error {
  override readonly name = "DataError";
}

/** The project's folder: the same from the sources and from dist/. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/** The folder with the data sets: $DAMO_DATA, or ../shared/data beside the project. */
export function dataFolder(): string {
  return process.env["DAMO_DATA"] ?? join(projectFolder(), "..", "shared", "data");
}
