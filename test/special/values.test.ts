// Special functions against exact values (mpmath): both dtypes, both targets, edges.
import * as special from "damo/special";
import { describe, expect, test } from "vitest";
import { readFixture } from "../ops/fixture-values.ts";
import { promises } from "./promises.ts";
import { errorsOf } from "./run-fixture.ts";

const fixtures = readFixture("special.json");

describe.each(["wasm", "reference"] as const)("%s has exact values", (target) => {
  for (const fixture of fixtures) {
    test(`${fixture.op} ${fixture.dtype}`, async () => {
      const { ulp, absolute = 0 } = promises[fixture.op]!;
      const wrong = (await errorsOf(fixture, target)).filter((error) => error.ulp > ulp && !(error.absolute <= absolute && error.absolute > 0));
      expect(wrong.slice(0, 5)).toEqual([]);
    });
  }
});

test("every function has fixtures, or is another name for one that has them elsewhere", () => {
  const aliases = ["expit", "logExpit", "log1pExp"];
  expect([...new Set(fixtures.map(({ op }) => op)), ...aliases].sort()).toEqual(Object.keys(special).sort());
});
