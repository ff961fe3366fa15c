// Module hooks under which a user's TypeScript model runs as it is: types are erased, line numbers kept by a source map,
// and `damo` means this installation. Runs in Node's hooks thread.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";

type Resolve = (specifier: string, context: { readonly parentURL?: string }) => Promise<{ url: string; format?: string | null; shortCircuit?: boolean }>;
type Load = (url: string, context: object) => Promise<{ format: string; source?: unknown; shortCircuit?: boolean }>;

let packageUrls: { readonly [specifier: string]: string } = {};

export function initialize(data: { readonly packageUrls: { readonly [specifier: string]: string } }): void {
  packageUrls = data.packageUrls;
}

export async function resolve(specifier: string, context: { readonly parentURL?: string }, next: Resolve) {
  const own = packageUrls[specifier];
  if (own !== undefined) return { url: own, shortCircuit: true };
  const source = sourceOf(specifier, context.parentURL);
  return source === undefined ? next(specifier, context) : { url: source, shortCircuit: true };
}

/** The TypeScript file that a relative import means: `./layers.ts`, `./layers.js` or `./layers`. */
function sourceOf(specifier: string, parent: string | undefined): string | undefined {
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, parent);
  const candidates = [url.href, url.href.replace(/\.js$/, ".ts"), url.href.replace(/\.mjs$/, ".mts"), `${url.href}.ts`];
  return candidates.find((candidate) => /\.m?ts$/.test(candidate) && existsSync(fileURLToPath(candidate)));
}

export async function load(url: string, context: object, next: Load) {
  if (!/^file:.*\.m?ts$/.test(url)) return next(url, context);
  const fileName = fileURLToPath(url);
  const { outputText } = ts.transpileModule(await readFile(fileName, "utf8"), {
    fileName,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, inlineSourceMap: true, verbatimModuleSyntax: true },
  });
  return { format: "module", source: outputText, shortCircuit: true };
}
