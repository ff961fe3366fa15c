// The largest errors of the functions of damo/special as emitted, for the table of docs/accuracy.md:
// `python test/fixtures/special.py 4000 points.json && node --import ./.ci/ts.mjs test/special/accuracy.ts points.json [function ...]`.
import { readFileSync } from "node:fs";
import type { FixtureCase } from "../ops/fixture-values.ts";
import { errorsOf } from "./run-fixture.ts";
import { promises } from "./promises.ts";

const [file, ...names] = process.argv.slice(2);
for (const fixture of JSON.parse(readFileSync(file!, "utf8")) as FixtureCase[]) {
  if (names.length > 0 && !names.includes(fixture.op)) continue;
  const { absolute = 0 } = promises[fixture.op]!;
  const worst = (await errorsOf(fixture, "wasm")).filter((error) => !(error.absolute <= absolute && error.absolute > 0)).reduce((a, b) => (b.ulp > a.ulp ? b : a));
  console.log(`${fixture.op} ${fixture.dtype}: ${worst.ulp} ULP at (${worst.operands.join(", ")}), ${worst.got} for ${worst.wanted}`);
}
