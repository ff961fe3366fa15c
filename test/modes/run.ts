// `npm run test:modes -- [MODES] [FILES]`: the unit tests in each mode, or in those that are named. Wide code takes Node 24: this one, the
// one of bench/, or $DAMO_NODE24; without it the tests of that mode are skipped, and say so.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Mode, modes } from "./mode.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const newerNode = [process.env["DAMO_NODE24"] ?? "", `${root}bench/node_modules/node/bin/node`].find((path) => existsSync(path));

const isMode = (word: string): word is Mode => (modes as readonly string[]).includes(word);
const words = process.argv.slice(2);
const named = words.filter(isMode);
const files = words.filter((word) => !isMode(word));

function run(mode: Mode): boolean {
  const node = mode === "wide" && Number.parseInt(process.versions.node, 10) < 24 && newerNode !== undefined ? newerNode : process.execPath;
  console.log(`mode ${mode}, ${node}`);
  return spawnSync(node, ["node_modules/vitest/vitest.mjs", "run", "--project", mode, ...files], { cwd: root, stdio: "inherit" }).status === 0;
}

const failed = (named.length === 0 ? modes : named).filter((mode) => !run(mode));
if (failed.length > 0) {
  console.log(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
