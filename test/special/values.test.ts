// Special functions against exact values (mpmath): both dtypes, both targets, edges.
import * as special from "damo/special";
import { describe, expect, test } from "vitest";
import { readFixture } from "../ops/fixture-values.ts";
import { isKept } from "./promises.ts";
import { errorsOf } from "./run-fixture.ts";

const fixtures = readFixture("special.json");

describe.each(["wasm", "reference"] as const)("%s has exact values", (target) => {
  for (const fixture of fixtures) {
    test(`${fixture.op} ${fixture.dtype}`, async () => {
      const wrong = (await errorsOf(fixture, target)).filter((error) => !isKept(fixture.op, error));
      expect(wrong.slice(0, 5)).toEqual([]);
    });
  }
});

test("every function has fixtures, or is another name for one that has them elsewhere", () => {
  const aliases = ["expit", "logExpit", "log1pExp"];
  const names = fixtures.map(({ op }) => op.split(" ")[0]!).filter((name) => name !== "hurwitz");
  expect([...new Set(names), ...aliases].sort()).toEqual(Object.keys(special).sort());
});
