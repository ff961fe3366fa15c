// Shape of the tree: size and names of files, and a README in every top-level folder.
import { posix } from "node:path";
import type { Sources } from "./sources.ts";

const maxLines = 500;

/** Tables of opcodes may be longer: cut in two they would only be harder to read. */
const longTables = new Set(["codegen/wasm/opcodes.ts"]);

const vagueNames = new Set(["utils", "util", "helpers", "helper", "misc", "common"]);

export function findLongFiles(sources: Sources): string[] {
  return [...sources]
    .filter(([path]) => !longTables.has(path))
    .map(([path, text]) => ({ path, lines: text.replace(/\n$/, "").split("\n").length }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}

/** Files and folders whose name says nothing about what is in them. */
export function findVagueNames(paths: readonly string[]): string[] {
  return paths.filter((path) =>
    path.split("/").some((part) => part.split(".")[0]!.split("-").some((word) => vagueNames.has(word))),
  );
}

/** TypeScript files that are not in kebab-case (`name.test.ts` and the like included). */
export function findOtherCases(paths: readonly string[]): string[] {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+(-[a-z]+)*)?\.ts$/;
  return paths.filter((path) => path.endsWith(".ts") && !kebab.test(path.slice(path.lastIndexOf("/") + 1)));
}

/** Top-level folders (hidden ones aside) without a README.md. */
export function findFoldersWithoutReadme(paths: readonly string[]): string[] {
  const folders = new Set(paths.filter((path) => path.includes("/") && !path.startsWith(".")).map((path) => path.split("/")[0]!));
  return [...folders].filter((folder) => !paths.includes(`${folder}/README.md`));
}

/** Top-level folders that are not part of the plan. */
export function findUnknownFolders(paths: readonly string[]): string[] {
  const known = ["src", "ir", "passes", "codegen", "test", "examples", "bench", "docs", ".ci"];
  const folders = new Set(paths.filter((path) => path.includes("/")).map((path) => path.split("/")[0]!));
  return [...folders].filter((folder) => !known.includes(folder));
}

/** Links of Markdown pages to files of the repository that are not there. Code is not searched. */
export function findDeadLinks(pages: Sources, paths: readonly string[]): string[] {
  const known = new Set(paths.flatMap((path) => path.split("/").map((_, i, parts) => parts.slice(0, i + 1).join("/"))));
  return [...pages].flatMap(([page, text]) =>
    [...text.replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, "").matchAll(/\]\(([^)#\s:]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => posix.join(posix.dirname(page), target!).replace(/\/$/, ""))
      .filter((target) => !known.has(target))
      .map((target) => `${page} links to ${target}`),
  );
}
