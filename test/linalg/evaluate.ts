// Runs a function of tensors once: each argument becomes an input of its own.
import { type AnyTensor, type CompileOptions, compile, fn, input } from "damo";

export interface Value {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

type Outputs = { readonly [name: string]: AnyTensor };

export async function evaluate(build: (...inputs: never[]) => Outputs, values: readonly Value[], options: CompileOptions = {}): Promise<{ readonly [name: string]: { readonly shape: readonly number[]; readonly data: ArrayLike<number> } }> {
  const names = values.map((_, i) => `x${i}`);
  const inputs = values.map(({ shape, data }, i) => input(names[i]!, [...shape], { dtype: data instanceof Float32Array ? "f32" : "f64" }));
  const model = await compile(fn({ inputs: Object.fromEntries(inputs.map((tensor, i) => [names[i]!, tensor])), outputs: (build as (...inputs: unknown[]) => Outputs)(...inputs) } as never), options);
  return (model as unknown as (inputs: object) => never)(Object.fromEntries(values.map((value, i) => [names[i]!, value])));
}
