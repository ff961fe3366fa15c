// Runs the TypeScript compiler on files of this folder, or on text that stands for such a file.

import { fileURLToPath } from "node:url";
import ts from "typescript";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config.config, files: [], include: [] }, ts.sys, root);

// Parsed files are shared between programs: most of them are TypeScript's own library.
const parsed = new Map<string, ts.SourceFile>();

/** A program of the named files of this folder. `edit` may change their text; a file it makes need not exist on disk. */
export function program(names: readonly string[], edit: (text: string | undefined, name: string) => string | undefined = (text) => text): ts.Program {
  const roots = new Map(names.map((name) => [`${folder}${name}`, name]));
  const host = ts.createCompilerHost(options);
  const original = { getSourceFile: host.getSourceFile, fileExists: host.fileExists };
  host.fileExists = (path) => roots.has(path) || original.fileExists(path);
  host.getSourceFile = (path, settings, ...rest) => {
    const name = roots.get(path);
    const text = name === undefined ? undefined : edit(ts.sys.readFile(path), name);
    if (text !== undefined) return ts.createSourceFile(path, text, settings, true);
    const known = parsed.get(path) ?? original.getSourceFile(path, settings, ...rest);
    if (known) parsed.set(path, known);
    return known;
  };
  return ts.createProgram([...roots.keys()], { ...options, types: [], declaration: true, noEmit: false, emitDeclarationOnly: true }, host);
}

export interface Mistake {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** What tsc says about the program's own files (not those they import). */
export function mistakes(of: ts.Program): Mistake[] {
  return of.getRootFileNames().flatMap((path) => {
    const source = of.getSourceFile(path)!;
    const found = [...of.getSyntacticDiagnostics(source), ...of.getSemanticDiagnostics(source), ...of.getDeclarationDiagnostics(source)];
    return found.map((diagnostic) => ({
      file: path.slice(folder.length),
      line: source.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1,
      message: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
    }));
  });
}

/** The names of the files of type tests. */
export function typeTests(): string[] {
  return ts.sys.readDirectory(folder, [".ts"], [], ["*.test-d.ts"]).map((path) => path.slice(folder.length));
}

export function readTypeTest(name: string): string {
  return ts.sys.readFile(`${folder}${name}`)!;
}
