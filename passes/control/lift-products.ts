// Products that need not wait for their step leave the loop, where many small ones are one large one. Before the loop: x_t W, of
// slices with a captured operand, becomes X W for all steps at once. After it: a carried sum of products a_t^T b_t becomes one product of the stacked
// operands, over steps and all; a carried sum of a reduction of what is stacked anyway becomes one reduction.

import { intsAttribute } from "../../ir/attributes.ts";
import { createBuilder, type LocatedBuilder } from "../../ir/build.ts";
import { reachableNodes, withInputs } from "../../ir/graph.ts";
import { type Binding, type Carried, type Loop, loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { isZero } from "../dce.ts";
import { replaceLoops } from "./replace-results.ts";
import { bodyResults, substitute } from "./substitute.ts";
import type { Pass } from "../pass.ts";

export const liftProducts: Pass<Graph> = {
  name: "lift-products",
  summary: "takes products that need no carried value out of loops, as one product for all steps",
  after: [{ pass: "merge-loops", why: "what a gradient stacks and what it sums stand in merged loops" }, { pass: "simplify", why: "sums of zero are gone" }],
  run: (graph, { fired }) => replaceLoops(graph, (node) => liftFrom(node, (rule) => fired?.(rule))),
};

function liftFrom(node: Node, fired: (rule: string) => void): ((result: number) => Node) | undefined {
  const original = loopOf(node);
  // Slices that are not taken would be computed for nothing, or summed.
  if (original.length === undefined || original.steps !== undefined || original.stop !== undefined) return undefined;
  const b = createBuilder(node.location);
  const before = liftBefore(b, original, original.length, fired);
  const { loop, sums } = liftSums(before, fired);
  if (loop === original) return undefined;
  // Nothing is left of a loop that only sums its slices.
  const lifted = loop.carried.length + loop.stacked.length === 0 ? undefined : makeLoop(b, loop);
  const { firstStacked } = resultsOf(loop);
  const stack = (slice: Node): Node => {
    const sequence = loop.sequences.find(({ parameter }) => parameter === slice);
    return sequence?.value ?? b.result(lifted!, firstStacked + loop.stacked.indexOf(slice));
  };
  return (index) => {
    if (index >= original.carried.length) return b.result(lifted!, loop.carried.length + index - original.carried.length);
    const sum = sums.get(index);
    return sum === undefined ? b.result(lifted!, loop.carried.indexOf(before.carried[index]!)) : totalOf(b, before.carried[index]!, sum, stack);
  };
}

// --- before the loop

/** Products of slices with captured operands, as sequences of the loop. */
function liftBefore(b: LocatedBuilder, loop: Loop, length: Dim, fired: (rule: string) => void): Loop {
  const order = reachableNodes(bodyResults(loop));
  const slices = new Map<Node, Node>(loop.sequences.map(({ parameter, value }) => [parameter, value]));
  const fixed = new Map<Node, Node>(loop.captures.map(({ parameter, value }) => [parameter, value]));
  const ofSlices = new Set(slices.keys());
  const ofCaptures = new Set(fixed.keys());
  for (const node of order) {
    if (node.op === "parameter") continue;
    if (node.inputs.every((input) => ofCaptures.has(input))) ofCaptures.add(node);
    else if (node.inputs.every((input) => ofCaptures.has(input) || ofSlices.has(input)) && canStack(node, ofSlices)) ofSlices.add(node);
  }
  const lifted = order.filter((node) => node.op === "dot_general" && ofSlices.has(node) && ofSlices.has(node.inputs[0]!));
  // Of products in products the outer one alone.
  const inner = new Set(lifted.flatMap((node) => reachableNodes(node.inputs)));
  const chosen = lifted.filter((node) => !inner.has(node));
  if (chosen.length === 0) return loop;
  const added = chosen.map((node): Binding => {
    fired("product-before-loop");
    const stacked = stackOf(b, node, length, slices, fixed, ofSlices);
    return { value: stacked, parameter: b.parameter(0, "p", node.type) };
  });
  return substitute(loop, new Map(chosen.map((node, i) => [node, added[i]!.parameter])), { sequences: added });
}

/** Whether the value for all steps is the op itself on values for all steps. */
function canStack(node: Node, ofSlices: ReadonlySet<Node>): boolean {
  if (opOf(node.op).lower.kind === "elementwise" || node.op === "transpose" || node.op === "reshape") return true;
  return node.op === "dot_general" && !ofSlices.has(node.inputs[1]!) && intsAttribute(node, "lhs_batch").length === 0;
}

function stackOf(
  b: LocatedBuilder, root: Node, length: Dim, slices: ReadonlyMap<Node, Node>, fixed: ReadonlyMap<Node, Node>, ofSlices: ReadonlySet<Node>,
): Node {
  const [stacked, plain] = [new Map(slices), new Map(fixed)];
  for (const node of reachableNodes([root])) {
    b.at = node.location;
    if (!ofSlices.has(node)) {
      if (!plain.has(node)) plain.set(node, withInputs(node, node.inputs.map((input) => plain.get(input)!)));
      continue;
    }
    if (stacked.has(node)) continue;
    const shape = [length, ...node.type.shape];
    const next = (axes: readonly number[]): readonly number[] => axes.map((axis) => axis + 1);
    const whole = (input: Node): Node => stacked.get(input) ?? b.broadcast(plain.get(input)!, [length, ...input.type.shape], input.type.shape.map((_, axis) => axis + 1));
    switch (node.op) {
      case "dot_general":
        stacked.set(node, b.make("dot_general", [stacked.get(node.inputs[0]!)!, plain.get(node.inputs[1]!)!], { ...node.attributes, lhs_contract: next(intsAttribute(node, "lhs_contract")) }));
        break;
      case "transpose":
        stacked.set(node, b.transpose(stacked.get(node.inputs[0]!)!, [0, ...next(intsAttribute(node, "permutation"))]));
        break;
      case "reshape":
        stacked.set(node, b.reshape(stacked.get(node.inputs[0]!)!, shape));
        break;
      default:
        stacked.set(node, b.make(node.op, node.inputs.map(whole), node.attributes));
    }
  }
  return stacked.get(root)!;
}

// --- after the loop

/** A carried sum: what each step adds. */
interface Sum {
  readonly term: Node;
}

/** The loop without the carried sums that are better taken from stacks, and those sums by their old places. */
function liftSums(loop: Loop, fired: (rule: string) => void): { readonly loop: Loop; readonly sums: ReadonlyMap<number, Sum> } {
  const sums = new Map<number, Sum>();
  const isSlice = (node: Node): boolean => loop.sequences.some(({ parameter }) => parameter === node);
  const stacked = [...loop.stacked];
  const stack = (node: Node): void => {
    const base = baseOf(node);
    if (!isSlice(base) && !stacked.includes(base)) stacked.push(base);
  };
  const terms = loop.carried.map((carried) => termOf(carried, loop));
  terms.forEach((term, i) => {
    if (term?.op !== "dot_general") return;
    fired("product-after-loop");
    term.inputs.forEach(stack);
    sums.set(i, { term });
  });
  terms.forEach((term, i) => {
    if (term === undefined || sums.has(i)) return;
    const base = baseOf(summedBy(term));
    if (!isSlice(base) && !stacked.includes(base)) return;
    fired("sum-after-loop");
    sums.set(i, { term });
  });
  return sums.size === 0 ? { loop, sums } : { loop: { ...loop, carried: loop.carried.filter((_, i) => !sums.has(i)), stacked }, sums };
}

/** What a term sums over the other axes, too. */
const summedBy = (term: Node): Node => (term.op === "reduce_sum" ? term.inputs[0]! : term);

/** What a step adds to the carried value, if that is all that happens to it and nothing else reads it. */
function termOf({ parameter, next }: Carried, loop: Loop): Node | undefined {
  if (next.op !== "add" || !next.inputs.includes(parameter)) return undefined;
  const term = next.inputs[next.inputs[0] === parameter ? 1 : 0]!;
  const others = [...loop.carried.filter((other) => other.parameter !== parameter).map((other) => other.next), ...loop.stacked, term];
  return reachableNodes(others).some((node) => node === parameter || node === next) ? undefined : term;
}

const axisOrders: ReadonlySet<string> = new Set(["transpose", "reshape"]);

/** The value under transposes and reshapes, which cost nothing outside, too. */
function baseOf(node: Node): Node {
  let base = node;
  while (axisOrders.has(base.op)) base = base.inputs[0]!;
  return base;
}

function totalOf(b: LocatedBuilder, { value }: Carried, { term }: Sum, stack: (slice: Node) => Node): Node {
  b.at = term.location;
  const whole = (node: Node): Node => {
    if (!axisOrders.has(node.op)) return stack(node);
    const inner = whole(node.inputs[0]!);
    return node.op === "reshape" ? b.reshape(inner, [inner.type.shape[0]!, ...node.type.shape])
      : b.transpose(inner, [0, ...intsAttribute(node, "permutation").map((axis) => axis + 1)]);
  };
  const next = (name: string): readonly number[] => intsAttribute(term, name).map((axis) => axis + 1);
  const total = term.op !== "dot_general" ? b.make("reduce_sum", [whole(summedBy(term))], { axes: [0, ...(term === summedBy(term) ? [] : next("axes"))] })
    : b.make("dot_general", term.inputs.map(whole), {
      lhs_contract: [0, ...next("lhs_contract")], rhs_contract: [0, ...next("rhs_contract")], lhs_batch: next("lhs_batch"), rhs_batch: next("rhs_batch"),
    });
  return isZero(value) ? total : b.add(value, total);
}
