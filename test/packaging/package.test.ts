// The package as users get it: packed, installed in an empty folder, imported by its name.
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copyConsumer, execute, installInto, newFolder, type Packed, pack, root } from "./pack.ts";

const folder = newFolder();
let packed: Packed;

beforeAll(() => {
  packed = pack();
  installInto(folder, [packed.tarball]);
});

describe("the tarball", () => {
  test("holds the build, its documents, and nothing else", () => {
    const allowed = /^(dist\/(src|ir|passes|codegen)\/|docs\/[\w-]+\.md$|(README|CHANGELOG)\.md$|LICENSE$|package\.json$)/;
    expect(packed.files.filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed.files.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))).toEqual([]);
  });

  test("has every file that package.json points to", () => {
    const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      exports: Record<string, string | Record<string, string>>;
      bin: Record<string, string>;
    };
    const targets = [...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry))), ...Object.values(bin)];
    const files = new Set(packed.files);
    expect(targets.map((path) => path.replace(/^\.\//, "")).filter((path) => !files.has(path))).toEqual([]);
  });
});

describe("an installed copy", () => {
  test("trains", () => {
    copyConsumer("train.mjs", folder);
    const { costs, weights } = JSON.parse(execute(folder, process.execPath, "train.mjs")) as { costs: number[]; weights: number[][] };
    // By hand: errors (-1, -2), gradient (-7, -10); then errors (-0.73, -1.39).
    expect(costs[0]).toBe(2.5);
    expect(costs[1]).toBeCloseTo((0.73 ** 2 + 1.39 ** 2) / 2, 6);
    const [g1, g2] = [-0.73 * 1 - 1.39 * 3, -0.73 * 2 - 1.39 * 4];
    expect(weights[0]![0]).toBeCloseTo(0.07 - 0.01 * g1, 6);
    expect(weights[1]![0]).toBeCloseTo(0.1 - 0.01 * g2, 6);
  });

  test("needs no other package to be imported", () => {
    const alone = newFolder();
    cpSync(join(folder, "node_modules/damo"), join(alone, "node_modules/damo"), { recursive: true });
    const names = execute(alone, process.execPath, "--input-type=module", "-e", `
      const entries = [
        (await import("damo")).compile, (await import("damo/load")).load, (await import("damo/random")).normal, (await import("damo/loops")).scan, (await import("damo/debug")).check,
        (await import("damo/transform")).vmap, (await import("damo/graph")).replace, (await import("damo/elementwise")).elementwise, (await import("damo/custom-gradient")).customGradient, (await import("damo/custom-op")).customOp,
        (await import("damo/special")).j0, (await import("damo/sparse")).csr, (await import("damo/linalg")).solve, (await import("damo/sorting")).sort, (await import("damo/fft")).rfft,
      ];
      console.log(entries.map((entry) => typeof entry).join(" "));
    `);
    expect(names.trim()).toBe(Array(15).fill("function").join(" "));
  });

  test("is one library: an error of one entry is known to the others, and a draw is a tensor", () => {
    const known = execute(folder, process.execPath, "--input-type=module", "-e", `
      const [{ DamoError, constant }, random] = [await import("damo"), await import("damo/random")];
      let error;
      try { random.key(-1); } catch (thrown) { error = thrown; }
      console.log(error instanceof DamoError, String(constant([1, 2]).add(random.normal(random.key(1), [2]))));
    `);
    expect(known.trim()).toBe("true Tensor [2]");
  });

  test("has types that compile in a user's project, library check on", () => {
    for (const name of ["types.ts", "tsconfig.json"]) copyConsumer(name, folder);
    expect(execute(folder, process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", ".")).toBe("");
  });

  test("brings the command", () => {
    expect(execute(folder, "npx", "--no-install", "damo", "--help")).toContain("Usage: damo");
    expect(execute(folder, "npx", "--no-install", "damo", "--version").trim()).toBe("0.1.0");
  });

  test("serves property-based suites once fast-check is there", () => {
    const suite = newFolder();
    const version = (JSON.parse(readFileSync(join(root, "node_modules/fast-check/package.json"), "utf8")) as { version: string }).version;
    installInto(suite, [packed.tarball, `fast-check@${version}`]);
    const kinds = execute(suite, process.execPath, "--input-type=module", "-e", `
      const { checkGradient, checkTargetsAgree, checkRewrite } = await import("damo/testing");
      console.log(typeof checkGradient, typeof checkTargetsAgree, typeof checkRewrite);
    `);
    expect(kinds.trim()).toBe("function function function");
  });
});

describe("a checkout", () => {
  test("imports itself by name after the build", () => {
    const kind = execute(root, process.execPath, "--input-type=module", "-e", `console.log(typeof (await import("damo")).compile)`);
    expect(kind.trim()).toBe("function");
  });
});
