// The largest errors of the functions of damo/special as emitted, for the table of docs/accuracy.md:
// `python test/fixtures/special.py 0 points.json 4000 && node --import ./.ci/ts.mjs test/special/accuracy.ts points.json [function ...]`.
import { readFileSync } from "node:fs";
import type { FixtureCase } from "../ops/fixture-values.ts";
import { errorsOf } from "./run-fixture.ts";
import { isKept } from "./promises.ts";

const [file, ...names] = process.argv.slice(2);
for (const fixture of JSON.parse(readFileSync(file!, "utf8")) as FixtureCase[]) {
  if (names.length > 0 && !names.includes(fixture.op)) continue;
  const errors = await errorsOf(fixture, "wasm");
  const broken = errors.filter((error) => !isKept(fixture.op, error)).length;
  const worst = errors.reduce((a, b) => (b.ulp > a.ulp ? b : a));
  console.log(`${fixture.op} ${fixture.dtype}: ${worst.ulp} ULP at (${worst.operands.join(", ")}), ${worst.got} for ${worst.wanted}; ${broken} beyond the promise`);
}
