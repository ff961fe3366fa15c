// The repository's TypeScript as data for the structure checks: path -> text, and every module a file names.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Repository path (with `/`) to text. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `type` is erased when compiled; `dynamic` is `import()` at run time. */
  readonly kind: "static" | "type" | "dynamic";
}

/** Every file of the repository that is tracked or would be: what git ignores is left out. */
export function listFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
  });
  return output.split("\0").filter((path) => path !== "" && existsSync(posix.join(root, path)));
}

const read = (paths: readonly string[]): Sources => new Map(paths.map((path) => [path, readFileSync(posix.join(root, path), "utf8")]));

/** The TypeScript files below the given folders. */
export function readSources(...folders: string[]): Sources {
  return read(listFiles().filter((path) => path.endsWith(".ts") && folders.some((folder) => path.startsWith(`${folder}/`))));
}

/** The Markdown pages. */
export function readPages(): Sources {
  return read(listFiles().filter((path) => path.endsWith(".md")));
}

/** Every module that a file names: imports, re-exports, `import()` and `import("…").Type`. */
export function findImports(path: string, text: string): Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, kind: Import["kind"]): void => {
    if (!node || !ts.isStringLiteralLike(node)) return;
    found.push({ specifier: node.text, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.isTypeOnly === true ? "type" : "static");
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? "type" : "static");
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, "type");
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], "dynamic");
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The repository path that a relative specifier means, or undefined for a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined;
}
