// On every half, operations and conversions give NumPy's bits.

import { compile, fn } from "damo";
import { expect, test } from "vitest";
import { cases, digest, feeds, hashes } from "./all-halves.ts";

test("every case is expressed", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(hashes).sort());
});

test.each(Object.keys(cases))("%s", async (name) => {
  const [inputs, output] = cases[name]!;
  const model = await compile(fn({ inputs: inputs as never, outputs: output }) as never, { target: "reference" }) as unknown as (given: unknown) => never;
  expect(digest(model(Object.fromEntries(Object.keys(inputs).map((key) => [key, feeds[key as keyof typeof feeds]]))))).toBe(hashes[name]);
});
