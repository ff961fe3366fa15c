// A bundler that believes package.json (no module has side effects) must not drop what tensors need: their methods.
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { expect, test } from "vitest";

const entry = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** Every module of Damo without side effects, as in the published package. */
const withoutSideEffects: Plugin = {
  name: "damo",
  setup: (bundler) => {
    bundler.onResolve({ filter: /^damo$/ }, () => ({ path: entry, sideEffects: false }));
    bundler.onResolve({ filter: /^\./ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === "resolved") return undefined;
      const { path: resolved } = await bundler.resolve(path, { resolveDir, kind, pluginData: "resolved" });
      return { path: resolved, sideEffects: false };
    });
  },
};

test("methods survive in a bundle that names only input, fn and compile", async () => {
  const contents = `
    import { compile, fn, input } from "damo";
    const x = input("x", ["n"]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: x.mul(2).sum() } }));
    console.log(f({ x: [1, 2, 3] }).y.item());
  `;
  const { outputFiles } = await build({
    stdin: { contents, loader: "ts", resolveDir: dirname(entry) }, bundle: true, minify: true, format: "esm", write: false, plugins: [withoutSideEffects],
  });
  expect(execFileSync(process.execPath, ["--input-type=module"], { input: outputFiles[0]!.text, encoding: "utf8" }).trim()).toBe("12");
});
