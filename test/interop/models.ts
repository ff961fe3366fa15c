// The artifacts that all engines run: a network that trains, and arithmetic at the edges of several dtypes.
import { gramOf, orderOf, rootsOf } from "../routines/expressions.ts";
import { fft, irfft, rfft } from "damo/fft";
import { sort, topK } from "damo/sorting";
import { adam, build, fn, glorotUniform, input, shared, softmaxCrossEntropy, zeros, type Artifact } from "damo";

export const features = 19;
export const classes = 5;

/** Sizes that are no multiple of a vector, so that tails are met; `train` steps, and `predict` reads the same state. */
export function buildNetwork(): Promise<Artifact> {
  const x = input("x", ["batch", features]);
  const y = input("y", ["batch"], { dtype: "i32" });
  const w1 = shared("w1", glorotUniform([features, 37], { seed: 1 }));
  const b1 = shared("b1", zeros([37]));
  const w2 = shared("w2", glorotUniform([37, classes], { seed: 2 }));
  const b2 = shared("b2", zeros([classes]));
  const logits = x.dot(w1).add(b1).tanh().dot(w2).add(b2);
  const cost = softmaxCrossEntropy(logits, y).mean();
  const train = fn({ inputs: { x, y }, outputs: { cost }, updates: adam(cost, [w1, b1, w2, b2], { learningRate: 1e-2 }) });
  const predict = fn({ inputs: { x }, outputs: { logits, label: logits.argmax(-1) } });
  return build({ train, predict });
}

/** Every f32 function of one argument that is generated inline, and f64 and i32 arithmetic. */
export function buildArithmetic(): Promise<Artifact> {
  const x = input("x", ["n"]);
  const y = input("y", ["n"]);
  const d = input("d", ["n"], { dtype: "f64" });
  const k = input("k", ["n"], { dtype: "i32" });
  const floats = fn({
    inputs: { x, y },
    outputs: {
      exp: x.exp(), expm1: x.expm1(), log: x.log(), log1p: x.log1p(), sin: x.sin(), cos: x.cos(), tanh: x.tanh(),
      sigmoid: x.sigmoid(), erf: x.erf(), sqrt: x.sqrt(), rsqrt: x.rsqrt(), cbrt: x.cbrt(), atan: x.atan(),
      floor: x.floor(), round: x.round(), pow: x.pow(y), atan2: x.atan2(y), rem: x.rem(y), quotient: x.div(y),
      larger: x.maximum(y), less: x.lt(y), sum: x.sum(), mean: x.mul(y).mean(), toInteger: x.convert("i32"),
    },
  });
  const others = fn({
    inputs: { d, k },
    outputs: {
      exp: d.exp(), log: d.abs().log(), product: d.mul(d), sum: d.sum(), toSingle: d.convert("f32"),
      square: k.mul(k), quotient: k.floorDiv(7), shifted: k.shiftRight(3), total: k.sum(),
    },
  });
  return build({ floats, others });
}

/** Linked routines: with a workspace, with failures, with the module's product. */
export function buildRoutines(): Promise<Artifact> {
  const x = input("x", ["n", 7]);
  const a = input("a", ["n", 9, 11]);
  const lines = fn({ inputs: { x }, outputs: { ...orderOf(x), roots: rootsOf(x, "nan") } });
  const products = fn({ inputs: { a }, outputs: { gram: gramOf(a) } });
  const line = input("line", ["n", 48]);
  const spectra = fn({
    inputs: { line }, outputs: { spectrum: rfft(line), back: irfft(rfft(line)), prime: fft(line.reshape(["n", 24, 2]), { length: 7 }), sorted: sort(line), top: topK(line, 5).indices },
  });
  return build({ lines, products, spectra });
}
