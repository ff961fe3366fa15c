// The hosts that docs/abi.md shows do what the page says: each is run as it stands there, on a classifier of zeros.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, fn, input, shared, zeros } from "damo";
import { expect, test } from "vitest";
import { scratchFolder } from "../scratch-folder.ts";
import { findHosts } from "./hosts.ts";

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const page = readFileSync(here("../../docs/abi.md"), "utf8");
const hosts = new Map(findHosts().map((host) => [host.name, host]));
const isMissing = (name: string): boolean => hosts.get(name)!.missing !== undefined;

/** The last block of a language: examples of hosts are at the end of the page. */
function codeOf(language: string): string {
  return page.split(`\`\`\`${language}\n`).at(-1)!.split("\n```")[0]!;
}

/** The example of a host with threads. */
const threadsHost = page.split("\n## Threads\n")[1]!.split("```js\n")[1]!.split("\n```")[0]!;

const scratch = scratchFolder("abi");

/** A folder with a model.wasm and a model.threads.wasm that take every blank image for class 3. */
async function folderWithModel(): Promise<string> {
  const folder = mkdtempSync(join(scratch, "case-"));
  const x = input("x", ["batch", 784]);
  const w = shared("w", zeros([784, 10]));
  const b = shared("b", [0, 1, 2, 9, 4, 5, 6, 7, 8, 0]);
  const artifact = await build({ predict: fn({ inputs: { x }, outputs: { label: x.dot(w).add(b).argmax(-1) } }) }, { threads: 3 });
  writeFileSync(join(folder, "model.wasm"), artifact.wasm);
  writeFileSync(join(folder, "model.threads.wasm"), artifact.threads!);
  return folder;
}

const output = (folder: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

test("the JavaScript host", async () => {
  const folder = await folderWithModel();
  writeFileSync(join(folder, "host.mjs"), codeOf("js"));
  expect(output(folder, process.execPath, "host.mjs")).toBe("Int32Array(2) [ 3, 3 ]");
});

test("the JavaScript host with threads", async () => {
  const folder = await folderWithModel();
  writeFileSync(join(folder, "threads.mjs"), threadsHost);
  expect(output(folder, process.execPath, "threads.mjs")).toBe("Int32Array(2) [ 3, 3 ]");
});

test.skipIf(isMissing("wasmtime"))("the Python host", async () => {
  const folder = await folderWithModel();
  writeFileSync(join(folder, "host.py"), codeOf("python"));
  expect(output(folder, process.env["DAMO_PYTHON"] ?? "python3", "host.py")).toBe("array('i', [3, 3])");
});

test.skipIf(isMissing("wazero"))("the Go host", async () => {
  const folder = await folderWithModel();
  const imports = ["context", "fmt", "log", "os", "github.com/tetratelabs/wazero"].map((name) => `import "${name}"\n`).join("");
  writeFileSync(join(folder, "main.go"), `package main\n${imports}func main() {\n${codeOf("go")}\n}\n`);
  for (const name of ["go.mod", "go.sum"]) copyFileSync(here(`go/${name}`), join(folder, name));
  expect(output(folder, "go", "run", ".")).toBe("[3 0 0 0 3 0 0 0]");
});
