// Runs in the browser: an operation whose code was compiled elsewhere, linked into a model and differentiated; and what is said of a module that cannot be.
import { compile, fn, grad, input, type Tensor } from "damo";
import { customOp, type CustomOpOptions } from "damo/custom-op";
import { show } from "./show.ts";

type X = Tensor<"f32">;

const bytesOf = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** Sums of a line's numbers up to each. */
const define = (wasm: Uint8Array): CustomOpOptions => ({
  name: "running_sums", code: { wasm }, operandAxes: [1], resultAxes: [1], results: ([x]) => [x!], sizes: ([x]) => x!.shape,
  evaluate([x], [y]) {
    let sum = 0;
    x!.forEach((value: number | bigint, i: number) => { y![i] = sum += Number(value); });
  },
  gradient: ([cotangent]) => [cotangent!.flip(-1).cumsum(-1).flip(-1)],
});

show(async () => {
  const refused = await customOp(define(await bytesOf("grows.wasm"))).then(() => "", (error: unknown) => String(error));
  const sums = await customOp<(x: X) => X>(define(await bytesOf("routine.wasm")));
  const x = input("x", ["n", 3]);
  const y = sums(x as never);
  const f = await compile(fn({ inputs: { x }, outputs: { y, dx: grad(y.square().sum() as Tensor<"f32", []>, x) } }));
  const { y: values, dx } = f({ x: [[1, 2, 4], [-1, 0, 3]] });
  return { refused, values: values.toArray(), dx: dx.toArray() };
});
