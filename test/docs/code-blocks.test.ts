// Every TypeScript block in the README and in docs/ compiles under the strict settings, runs, and prints what the page says.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type CodeBlock, findCodeBlocks } from "./code-blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "out/code-blocks");

const pages = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
const blocks = pages.flatMap((page) => findCodeBlocks(page, readFileSync(join(root, page), "utf8")));

const pathOf = ({ file, line }: CodeBlock): string => join(folder, `${file.replace(/\W+/g, "-").toLowerCase()}-${line}.ts`);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
// `export {}` makes each a module of its own, whatever it imports.
for (const block of blocks) writeFileSync(pathOf(block), `${block.code}\nexport {};\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function typeErrors(paths: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // A page may name something only to show it.
  const program = ts.createProgram(paths, { ...options, noUnusedLocals: false, noUnusedParameters: false });
  return paths.flatMap((path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${path.slice(folder.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

describe("code in the documentation", () => {
  test("compiles", { timeout: 60_000 }, () => {
    expect(typeErrors(blocks.map(pathOf))).toEqual([]);
  });

  test.each(blocks.map((block) => [`${block.file}:${block.line}`, block] as const))("%s runs and prints what it says", { timeout: 60_000 }, async (_, block) => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
      printed.push(values.map(String).join(" "));
    });
    try {
      await import(/* @vite-ignore */ pathOf(block));
    } finally {
      log.mockRestore();
    }
    if (block.output !== undefined) expect(`${printed.join("\n")}\n`).toBe(block.output);
  });
});

describe("the reader of blocks", () => {
  test("finds code, what stands before it, and what it prints", () => {
    const page = [
      "# Page", "", "<!-- before:", "const a = 1;", "-->", "```ts", "console.log(a);", "```", "", "```text", "1", "```", "",
      "```ts fragment", "f(x): y", "```", "", "```ts", "g();", "```", "", "Text.", "", "```text", "other", "```", "",
    ].join("\n");
    expect(findCodeBlocks("page.md", page)).toEqual([
      { file: "page.md", line: 6, code: "const a = 1;\nconsole.log(a);\n", output: "1\n" },
      { file: "page.md", line: 18, code: "g();\n" },
    ]);
  });
});
