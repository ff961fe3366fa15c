// compile(..., { threads: 2 }) in headless Chromium: Web Workers where the page is isolated and its policy allows them, with the
// bits of one thread; elsewhere one thread, and a warning that says why.
import { describe, expect, test } from "vitest";
import { bundlePage } from "./bundle-page.ts";
import { findChromium } from "./chromium.ts";
import { visit } from "./visit.ts";

interface Measured {
  readonly isolated: boolean;
  readonly equal: boolean;
  readonly words: number;
  readonly cost: number;
  readonly shares: boolean;
}

const executablePath = findChromium();
if (executablePath === undefined) console.log("no chromium here: threads are not tried in a browser");

const ofDamo = (warnings: readonly string[]): readonly string[] => warnings.filter((text) => text.startsWith("damo:"));

describe.skipIf(executablePath === undefined)("threads in a browser", () => {
  test("have the bits of one thread, in a page that is isolated", async () => {
    const { measured, errors, warnings, workers } = await visit<Measured>(executablePath!, await bundlePage("threads-page.ts"), { isolated: true, workers: true });
    expect(measured).toMatchObject({ isolated: true, equal: true, shares: true, words: 5 + 64 * 160 + 160 * 10 });
    // Random logits against cosines: more than their variance of a half, and not yet learnt.
    expect(measured.cost).toBeGreaterThan(0.4);
    expect(workers).toBe(1);
    expect(ofDamo(warnings)).toEqual([]);
    expect(errors.filter((text) => !text.includes("favicon"))).toEqual([]);
  });

  test("are one thread, with a warning, in a page that is not", async () => {
    const { measured, warnings, workers } = await visit<Measured>(executablePath!, await bundlePage("threads-page.ts"), { workers: true });
    expect(measured).toMatchObject({ isolated: false, equal: true, shares: false });
    expect(workers).toBe(0);
    expect(ofDamo(warnings)).toEqual([expect.stringMatching(/^damo: the model runs on one thread: the page is not cross-origin isolated/)]);
  });

  test("are one thread, with a warning, where the policy allows no workers from blobs", async () => {
    const { measured, warnings, workers } = await visit<Measured>(executablePath!, await bundlePage("threads-page.ts"), { isolated: true });
    expect(measured).toMatchObject({ isolated: true, equal: true });
    expect(workers).toBe(0);
    expect(ofDamo(warnings)).toEqual([expect.stringMatching(/^damo: the model runs on one thread: .*worker-src blob:/)]);
  });
});
