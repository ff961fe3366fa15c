// The user's own words: doc comments of exported functions, inputs and variables, read from the model's source.

import { Node, Project, SyntaxKind, type VariableDeclaration } from "ts-morph";
import type { NamedType } from "../../ir/program/program.ts";
import type { TracedModel } from "../trace.ts";

export interface ModelDocs {
  /** By exported name. */
  readonly functions: ReadonlyMap<string, string>;
  /** By the name given to input() or shared(). */
  readonly tensors: ReadonlyMap<string, string>;
}

const makers: ReadonlySet<string> = new Set(["input", "shared", "scalar", "vector", "row", "col", "matrix", "tensor3", "tensor4"]);

export function readDocs(path: string): ModelDocs {
  const source = new Project({ skipAddingFilesFromTsConfig: true, compilerOptions: { allowJs: true } }).addSourceFileAtPath(path);
  const functions = new Map<string, string>();
  const tensors = new Map<string, string>();
  for (const declaration of source.getDescendantsOfKind(SyntaxKind.VariableDeclaration)) {
    const doc = docOf(declaration);
    if (doc === undefined) continue;
    functions.set(declaration.getName(), doc);
    const call = declaration.getInitializer();
    if (!Node.isCallExpression(call) || !makers.has(call.getExpression().getText())) continue;
    const name = call.getArguments()[0];
    if (Node.isStringLiteral(name)) tensors.set(name.getLiteralText(), doc);
  }
  return { functions, tensors };
}

function docOf(declaration: VariableDeclaration): string | undefined {
  const text = declaration.getVariableStatement()?.getJsDocs().map((doc) => doc.getCommentText()?.trim()).filter(Boolean).join("\n");
  return text === "" ? undefined : text;
}

/** The traced model with each tensor's and function's doc. An output's doc is that of the variable of its name. */
export function withDocs(traced: TracedModel, docs: ModelDocs): TracedModel {
  const named = (list: readonly NamedType[], source: ReadonlyMap<string, string>) =>
    list.map((tensor) => (source.has(tensor.name) ? { ...tensor, doc: source.get(tensor.name) } : tensor));
  return {
    ...traced,
    functions: traced.functions.map((traced) => ({
      ...traced,
      ...(docs.functions.has(traced.name) ? { doc: docs.functions.get(traced.name)! } : {}),
      inputs: named(traced.inputs, docs.tensors),
      outputs: named(traced.outputs, docs.functions),
    })),
    state: traced.state.map((variable) => (docs.tensors.has(variable.name) ? { ...variable, doc: docs.tensors.get(variable.name) } : variable)),
  };
}
