// Loops whose number of steps is known only when they run.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isInt } from "../../ir/types.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { add, not, select, sub } from "../ops/elementwise.ts";
import { expectDType, isWeak, toOperand, weakNode } from "../ops/operand.ts";
import { convert, full } from "../ops/primitive.ts";
import { valueFor } from "../replacement.ts";
import { toDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, DType, Weak } from "../types/index.ts";
import { closeBody, conditionOf, runBody, standIns } from "./body.ts";
import { traceBody } from "./hidden-state.ts";
import { buildTensors, type FlatTree, flatten, flattenLike } from "./tree.ts";
import type { Like, Traced, Tree } from "./types.ts";

export interface WhileOptions {
  /** A bound: a call that needs more steps fails with E606. Gradients in reverse mode need one. */
  readonly maxSteps?: number | string;
}

const most = 2 ** 31 - 1;

/** Applies `body` as long as the condition, a bool scalar, holds of the state: a tensor, or a list or record of them. */
export const whileLoop = buildWhile as unknown as While;

interface While {
  <const T extends Tree>(condition: (state: Traced<T>) => AnyTensor<"bool">, body: (state: Traced<T>) => Like<NoInfer<T>>, init: T, options?: WhileOptions): Traced<T>;
}

function buildWhile(condition: (state: unknown) => unknown, body: (state: unknown) => unknown, init: unknown, options: WhileOptions = {}): unknown {
  const { tree, start, carried } = begin("whileLoop", init);
  const first: unknown = condition(buildTensors(tree, start));
  const [[next, goesOn], hidden] = traceBody((): [readonly Node[], unknown] => {
    const given = body(buildTensors(tree, carried));
    const after = located(() => nextOf("whileLoop", given, tree, start));
    return [after, condition(buildTensors(tree, after))];
  });
  return located(() => {
    const closed = closeBody("whileLoop", [...carried, ...hidden.carried], [], { next: [...next, ...hidden.next], stacked: [], stop: not(conditionOf("whileLoop", goesOn)) });
    const steps = select(conditionOf("whileLoop", first), full(most, "i32", []), full(0, "i32", []));
    const { last } = runBody(closed, { init: [...start, ...hidden.init], sequences: [], length: boundOf(options), steps });
    hidden.finish(last.slice(start.length));
    return buildTensors(tree, last.slice(0, start.length));
  });
}

/** Applies `body` for each i32 from `from` to before `to`; these may be values. Gives the last state. */
export const fori = buildFori as unknown as Fori;

interface Fori {
  <const T extends Tree>(from: AnyTensor<DType> | Weak, to: AnyTensor<DType> | Weak, body: (index: Tensor<"i32", []>, state: Traced<T>) => Like<NoInfer<T>>, init: T, options?: WhileOptions): Traced<T>;
}

function buildFori(from: unknown, to: unknown, body: (index: unknown, state: unknown) => unknown, init: unknown, options: WhileOptions = {}): unknown {
  const { tree, start, carried } = begin("fori", init);
  const index = located(() => standIns("index", [{ dtype: "i32", shape: [] }])[0]!);
  const [given, hidden] = traceBody(() => body(toTensor(index), buildTensors(tree, carried)));
  return located(() => {
    const [low, high] = [from, to].map((bound) => integerOf("fori", bound)) as [Node, Node];
    const next = nextOf("fori", given, tree, start);
    const closed = closeBody("fori", [index, ...carried, ...hidden.carried], [], { next: [add(index, 1), ...next, ...hidden.next], stacked: [] });
    const count = typeof from === "number" && typeof to === "number" ? Math.max(0, to - from) : undefined;
    const { last } = runBody(closed, {
      init: [low, ...start, ...hidden.init], sequences: [], length: count ?? boundOf(options), ...(count === undefined ? { steps: sub(high, low) } : {}),
    });
    hidden.finish(last.slice(1 + start.length));
    return buildTensors(tree, last.slice(1, 1 + start.length));
  });
}

function begin(op: string, init: unknown): { readonly tree: FlatTree; readonly start: readonly Node[]; readonly carried: readonly Node[] } {
  return located(() => {
    const tree = flatten(op, init);
    const start = tree.leaves.map((leaf) => toOperand(op, leaf));
    return { tree, start, carried: standIns("state", start.map(({ type }) => type)) };
  });
}

function nextOf(op: string, given: unknown, tree: FlatTree, start: readonly Node[]): readonly Node[] {
  return flattenLike(op, "the next state", given, tree).map((value, i) => valueFor("E211", op, `value ${i} of the state`, start[i]!, value));
}

function boundOf({ maxSteps }: WhileOptions) {
  return maxSteps === undefined ? undefined : toDim(maxSteps);
}

/** An integer scalar as an i32. E202 or E211 for anything else. */
export function integerOf(op: string, value: unknown): Node {
  if (isWeak(value)) return weakNode(op, value, "i32", []);
  const node = expectDType(op, toOperand(op, value), isInt, "an integer");
  if (node.type.shape.length > 0) throw userError("E211", { op, message: "the number of steps must be a scalar" });
  return convert(node, "i32");
}
