// The families that ship with Damo: known by one list, and their committed objects are what their sources compile to.

import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { familyObjects } from "../../codegen/wasm/runtime/all-routines.ts";
import { buildFamily, families as sources, objectFile } from "../../codegen/wasm/runtime/build.ts";
import { families } from "../../codegen/wasm/runtime/load-routines.ts";

it("every folder of sources is a family that can be loaded, and is at hand for tests and the command", () => {
  expect(Object.keys(families).sort()).toEqual(sources);
  expect([...familyObjects.keys()].sort()).toEqual(sources);
});

it("the committed objects are what the sources compile to: otherwise run npm run build:routines", async () => {
  for (const family of sources) {
    const file = objectFile(family);
    expect(existsSync(file) && readFileSync(file, "utf8") === await buildFamily(family), family).toBe(true);
  }
});
