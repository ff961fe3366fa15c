// Reads the file that a fixture's script wrote: the one that is committed, or, where test/python made others, the one in $DAMO_FIXTURES.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

export function readFixtureFile(path: URL): unknown {
  const folder = process.env["DAMO_FIXTURES"];
  return JSON.parse(readFileSync(folder === undefined ? path : join(folder, basename(path.pathname)), "utf8"));
}
