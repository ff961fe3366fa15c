// What the types say is what the library does: the statements of the type tests are run, and each result has the dtype and
// shape of its written-out type; each statement that is a type error is refused when the graph is built, too.

import { DamoError, input, type Tensor } from "damo";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { mistakes, program, readTypeTest } from "./check.ts";
import { randomStatements } from "./random-statements.ts";
import { evaluate, run } from "./run.ts";

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
  const [dtype, shape] = node.typeArguments ?? [];
  return { dtype: literalOf(dtype!) as string, shape: shape && ts.isTupleTypeNode(shape) ? shape.elements.map(literalOf) : undefined };
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

function expectType(value: unknown, type: TensorType | readonly TensorType[], at: string): void {
  if (Array.isArray(type)) {
    expect(value, at).toHaveLength(type.length);
    for (const [i, one] of type.entries()) expectType((value as unknown[])[i], one, at);
    return;
  }
  const { dtype, shape } = value as Tensor;
  const wanted = type as TensorType;
  expect(dtype, at).toBe(wanted.dtype);
  if (wanted.shape === undefined) return;
  expect([...shape].map((dim, i) => (wanted.shape![i] === null ? null : dim)), at).toEqual(wanted.shape);
}

describe.each(["contract", "convolution", "elementwise", "functions", "movement", "network", "reduce"])("%s", (name) => {
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
      await expect((async () => run(evaluate(setup, code) as Tensor))(), at).rejects.toThrow(DamoError);
    }
  });
});

test("methods are typed as their functions are", { timeout: 120_000 }, () => {
  const methods: string[] = [];
  const text = readTypeTest("functions.test-d.ts").replace(/(\w+)\((d|i|b)(?:, |(?=\)))(.*\);)$/gm, (whole, name: string, receiver: string, rest: string) => {
    if (!(name in input("x", [2]))) return whole;
    methods.push(name);
    return `${receiver}.${name}(${rest}`;
  });
  expect(methods.length).toBeGreaterThan(100);
  // Imports are left without use.
  expect(mistakes(program(["methods.ts"], () => text)).filter(({ message }) => !message.includes("never read"))).toEqual([]);
  const { setup, statements } = readStatements(text);
  for (const { line, code, type } of statements) expectType(evaluate(setup, code), type!, `line ${line}: ${code}`);
});

/** What the checker derived for the declarations of a program's file, by line. */
function derivedTypes(of: ts.Program): Map<number, TensorType> {
  const checker = of.getTypeChecker();
  const source = of.getSourceFile(of.getRootFileNames()[0]!)!;
  const found = new Map<number, TensorType>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const type = checker.getTypeAtLocation(statement.declarationList.declarations[0]!);
    const written = ts.createSourceFile("type.ts", `type T = ${checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)};`, ts.ScriptTarget.Latest, true);
    const line = source.getLineAndCharacterOfPosition(statement.getStart()).line + 1;
    found.set(line, typeOf((written.statements[0] as ts.TypeAliasDeclaration).type) as TensorType);
  }
  return found;
}

test("of random statements, types and library refuse the same, and agree on what results", { timeout: 120_000 }, () => {
  const statements = randomStatements(12, 7);
  const header = [
    `import { concat, conv2d, maxPool2d, select, softmaxCrossEntropy, stack } from "damo";`,
    `import { tensor } from "./assert.ts";`,
  ];
  const text = [...header, ...statements.map((statement, i) => `export const r${i} = ${statement};`)].join("\n");
  const checked = program(["random.ts"], () => text);
  const types = derivedTypes(checked);
  const wrong = new Map(mistakes(checked).map(({ line, message }) => [line, message]));
  let refused = 0;
  let open = 0;
  for (const [i, statement] of statements.entries()) {
    const line = header.length + i + 1;
    let value: unknown;
    try {
      value = evaluate("", statement);
    } catch (error) {
      expect(error, statement).toBeInstanceOf(DamoError);
      expect(wrong.get(line), `${statement} gives ${String(error)}`).toBeDefined();
      refused++;
      continue;
    }
    expect(wrong.get(line), statement).toBeUndefined();
    const type = types.get(line)!;
    expectType(value, type, statement);
    if (type.shape === undefined || type.shape.includes(null)) open++;
  }
  // Neither the mistakes nor what the types leave open drown the rest.
  expect(refused / statements.length).toBeGreaterThan(0.15);
  expect(refused / statements.length).toBeLessThan(0.6);
  expect(open / statements.length).toBeLessThan(0.15);
});
