// What loops must equal: the same body applied step by step in one long expression. And random bodies to hold them to it.
import { stack, type Tensor } from "damo";
import fc from "fast-check";

export type Vector = Tensor<"f64", [number]>;
export type Matrix = Tensor<"f64", [number, number]>;
export interface State { readonly a: Vector; readonly b: Vector }
export type Body = (state: State, x: Vector) => readonly [State, Vector];

export function unroll(body: Body, init: State, xs: Matrix, steps: number, reverse = false): { readonly last: State; readonly ys: Matrix } {
  let state = init;
  const ys: Vector[] = [];
  for (let i = 0; i < steps; i++) {
    const at = reverse ? steps - 1 - i : i;
    const [next, y] = body(state, xs.at(at) as Vector);
    state = next;
    ys[at] = y;
  }
  return { last: state, ys: stack(ys as [Vector, ...Vector[]]) as unknown as Matrix };
}

type Step = (values: readonly Vector[], weight: Matrix) => Vector;

const pick = (values: readonly Vector[], at: number): Vector => values[at % values.length]!;

/** Smooth operations whose values stay near [-1, 1]. */
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.nat(9).map((i): Step => (values) => pick(values, i).tanh() as Vector),
  fc.nat(9).map((i): Step => (values) => pick(values, i).sin() as Vector),
  fc.nat(9).map((i): Step => (values) => pick(values, i).sigmoid() as Vector),
  fc.nat(9).map((i): Step => (values, weight) => pick(values, i).dot(weight) as Vector),
  fc.tuple(fc.nat(9), fc.nat(9)).map(([i, k]): Step => (values) => pick(values, i).mul(pick(values, k)) as Vector),
  fc.tuple(fc.nat(9), fc.nat(9)).map(([i, k]): Step => (values) => pick(values, i).add(pick(values, k)).mul(0.5) as Vector),
  fc.tuple(fc.nat(9), fc.nat(9)).map(([i, k]): Step => (values) => pick(values, i).sub(pick(values, k).mean()) as Vector),
  fc.nat(9).map((i): Step => (values) => pick(values, i).flip() as Vector),
);

/** A body of a few operations on the state, the slice and a captured matrix. */
export const bodies: fc.Arbitrary<(weight: Matrix) => Body> = fc.record({
  list: fc.array(steps, { minLength: 1, maxLength: 8 }), a: fc.nat(20), b: fc.nat(20), y: fc.nat(20),
}).map(({ list, a, b, y }) => (weight) => (state, x) => {
  const values: Vector[] = [state.a, state.b, x];
  for (const step of list) values.push(step(values, weight));
  const from = (at: number): Vector => values[values.length - 1 - (at % values.length)]!;
  return [{ a: from(a), b: from(b) }, from(y)];
});
