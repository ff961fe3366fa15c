// Runs the expressions of type tests with the real library, in the surroundings that assert.ts declares.

import * as damo from "damo";
import ts from "typescript";

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

/** The value of an expression; `setup` are the declarations before it. */
export function evaluate(setup: string, code: string): unknown {
  inputs.clear();
  const names = Object.keys(surroundings).filter((name) => name !== "var");
  const body = `return (${code});`;
  const script = setup === "" ? body : ts.transpile(`${setup}\n${body}`, { target: ts.ScriptTarget.ES2022 });
  return new Function(...names, script)(...names.map((name) => surroundings[name]));
}

/** Runs an expression on zeros; sizes of different names differ. */
export async function run(output: damo.Tensor): Promise<void> {
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
