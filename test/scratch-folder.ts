// Folders for what tests write.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** An empty folder, which goes after the tests of the file, or of the `describe`, that makes it. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `damo-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
