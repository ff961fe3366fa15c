// Must compile in a user's project: exact shapes come through the published declarations, mistakes are errors.
import { compile, fn, input, type Tensor } from "damo";
import { load } from "damo/load";
import * as random from "damo/random";

const x = input("x", ["batch", 784]);
const w = input("w", [784, 10]);
const logits: Tensor<"f32", ["batch", 10]> = x.dot(w);

// @ts-expect-error: inner sizes differ
w.dot(w);

const model = await compile(fn({ inputs: { x, w }, outputs: { logits } }));
export const values: number = model({ x: [[1]], w: [[1]] }).logits.data.length;
export const drawn: Tensor<"f64", [3]> = random.normal(random.key(1), [3], { dtype: "f64" });
export const loader: typeof load = load;
