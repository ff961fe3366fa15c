// What the types say is what the library does: the statements of the type tests are run, and each result has the dtype and
// shape of its written-out type; each statement that is a type error is refused when the graph is built, too.

import * as damo from "damo";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { readTypeTest } from "./check.ts";

interface TensorType {
  readonly dtype: string;
  /** null where the type leaves a size open, undefined where it leaves the rank open. */
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** One statement: `code`, and the type its value should have, or the message with which it is refused. */
interface Statement {
  readonly line: number;
  readonly code: string;
  readonly type?: TensorType | readonly TensorType[];
  readonly refusal?: string;
}

function literalOf(node: ts.TypeNode): number | string | null {
  if (!ts.isLiteralTypeNode(node)) return null;
  return ts.isStringLiteral(node.literal) ? node.literal.text : Number(node.literal.getText());
}

function typeOf(node: ts.TypeNode): TensorType | TensorType[] | undefined {
  if (ts.isTupleTypeNode(node)) return node.elements.map((element) => typeOf(element) as TensorType);
  if (!ts.isTypeReferenceNode(node) || node.typeName.getText() !== "Tensor") return undefined;
  const [dtype, shape] = node.typeArguments!;
  return { dtype: literalOf(dtype!) as string, shape: ts.isTupleTypeNode(shape!) ? shape.elements.map(literalOf) : undefined };
}

/** `is<Type>()(value)` */
function readAssertion(call: ts.CallExpression): Pick<Statement, "code" | "type"> | undefined {
  if (!ts.isCallExpression(call.expression) || call.expression.expression.getText() !== "is") return undefined;
  const type = typeOf(call.expression.typeArguments![0]!);
  return type && { code: call.arguments[0]!.getText(), type };
}

/** The declarations that a file starts with, and its statements. */
function readStatements(text: string): { setup: string; statements: Statement[] } {
  const source = ts.createSourceFile("test.ts", text, ts.ScriptTarget.Latest, true);
  const setup: string[] = [];
  const statements: Statement[] = [];
  for (const node of source.statements) {
    if (ts.isVariableStatement(node)) setup.push(node.getText());
    if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) continue;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const refusal = /@ts-expect-error (.*)\s*$/.exec(node.getFullText().slice(0, node.getLeadingTriviaWidth()))?.[1];
    if (refusal !== undefined) statements.push({ line, code: node.expression.getText(), refusal });
    const assertion = readAssertion(node.expression);
    if (assertion) statements.push({ line, ...assertion });
  }
  return { setup: setup.join("\n"), statements };
}

const inputs = new Map<string, damo.Input>();
const tensor = (shape: damo.Shape, dtype: damo.DType = "f32"): damo.Input => {
  const name = `t${inputs.size}`;
  const made = damo.input(name, shape, { dtype });
  inputs.set(name, made);
  return made;
};
const surroundings: { readonly [name: string]: unknown } = {
  ...damo, tensor, loose: damo.input("loose", ["batch", 10]), size: 784, count: 1, axis: 0, axes: [0], sizes: [784],
};

function evaluate(setup: string, code: string): unknown {
  inputs.clear();
  const names = Object.keys(surroundings).filter((name) => name !== "var");
  const body = ts.transpile(`${setup}\nreturn (${code});`, { target: ts.ScriptTarget.ES2022 });
  return new Function(...names, body)(...names.map((name) => surroundings[name]));
}

/** Runs an expression on zeros; sizes of different names differ. */
async function run(output: damo.Tensor): Promise<void> {
  const sizes = new Map<string, number>();
  const sizeOf = (dim: number | string): number => {
    if (typeof dim === "number") return dim;
    if (!sizes.has(dim)) sizes.set(dim, 3 + sizes.size);
    return sizes.get(dim)!;
  };
  const model = await damo.compile(damo.fn({ inputs: Object.fromEntries(inputs), outputs: output, onUnusedInput: "ignore" }), { target: "reference" });
  const zeros = (shape: readonly number[]): unknown =>
    shape.length === 0 ? 0 : Array.from({ length: shape[0]! }, () => zeros(shape.slice(1)));
  model(Object.fromEntries([...inputs].map(([name, { shape }]) => [name, zeros(shape.map(sizeOf)) as damo.Feed<damo.DType, damo.Shape>])));
}

function expectType(value: unknown, type: TensorType | readonly TensorType[], at: string): void {
  if (Array.isArray(type)) {
    expect(value, at).toHaveLength(type.length);
    for (const [i, one] of type.entries()) expectType((value as unknown[])[i], one, at);
    return;
  }
  const { dtype, shape } = value as damo.Tensor;
  const wanted = type as TensorType;
  expect(dtype, at).toBe(wanted.dtype);
  if (wanted.shape === undefined) return;
  expect([...shape].map((dim, i) => (wanted.shape![i] === null ? null : dim)), at).toEqual(wanted.shape);
}

describe.each(["contract", "elementwise", "movement", "network", "reduce"])("%s", (name) => {
  const { setup, statements } = readStatements(readTypeTest(`${name}.test-d.ts`));

  test("results have the dtypes and shapes of their types", () => {
    const typed = statements.filter((statement) => statement.type !== undefined);
    expect(typed.length).toBeGreaterThan(5);
    for (const { line, code, type } of typed) {
      const at = `line ${line}: ${code}`;
      let value: unknown;
      expect(() => (value = evaluate(setup, code)), at).not.toThrow();
      expectType(value, type!, at);
    }
  });

  test("type errors are errors, when the graph is built or when it runs", async () => {
    for (const { line, code, refusal } of statements.filter((statement) => statement.refusal !== undefined)) {
      const at = `line ${line}: ${code}: ${refusal}`;
      await expect((async () => run(evaluate(setup, code) as damo.Tensor))(), at).rejects.toThrow(damo.DamoError);
    }
  });
});
