// A rewrite rule against its claim: both sides are evaluated on generated inputs of every dtype that the rule accepts.

import { createBuilder, type LocatedBuilder } from "../../ir/build.ts";
import { allocateTensor, type TensorData } from "../../ir/data.ts";
import { DamoError } from "../../ir/errors.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import { roundToHalf } from "../../ir/half.ts";
import type { Node } from "../../ir/node.ts";
import { applyRules, type Pattern, type Rule } from "../../ir/rewrite.ts";
import type { DType } from "../../ir/types.ts";

const edges = [0, -0, 1, -1, 0.5, -2.5, 3, 1e-30, -1e30, Infinity, -Infinity, NaN];
/** The sides of a rule on reals, in f64 and inside the domain, differ by a few roundings. */
const realTolerance = 1e-9;

/**
 * Applies the rule to its own left side and compares what both sides compute, on inputs made from `seed`: bit for bit, or as reals on
 * the rule's domain. Throws an Error that says where the rule breaks its claim, or that it never fired.
 */
export function checkRewrite(rule: Rule, seed: number): void {
  let fired = false;
  for (const left of leftSides(rule, createBuilder())) {
    const parameters = topologicalOrder({ name: "f", parameters: [], results: [left] }).filter((node) => node.op === "parameter")
      .sort((a, b) => Number(a.attributes["index"]) - Number(b.attributes["index"]));
    const graph = { name: "f", parameters, results: [left] };
    const right = applyRules(graph, [rule]);
    if (right === graph) continue;
    fired = true;
    const inputs = parameters.map((parameter) => inputFor(parameter, rule, seed));
    compareSides(rule, evaluateGraph(graph, inputs)[0]!, evaluateGraph(right, inputs)[0]!);
  }
  if (!fired) throw new Error(`rule ${rule.name} does not fire on its own left side`);
}

function compareSides(rule: Rule, left: TensorData, right: TensorData): void {
  if (left.dtype !== right.dtype) throw new Error(`rule ${rule.name} changes ${left.dtype} to ${right.dtype}`);
  for (let i = 0; i < left.data.length; i++) {
    const [a, b] = [Number(left.data[i]), Number(right.data[i])];
    const equal = rule.claim.kind === "bits" || Number.isNaN(a) ? Object.is(a, b) : Math.abs(a - b) <= realTolerance * Math.max(1, Math.abs(a));
    if (!equal) throw new Error(`rule ${rule.name}: ${a} became ${b}`);
  }
}

function inputFor(parameter: Node, rule: Rule, seed: number): TensorData {
  const { dtype, shape } = parameter.type;
  const name = String(parameter.attributes["name"]);
  const domain = rule.claim.kind === "reals" ? rule.claim.domain[name] ?? [-20, 20] : undefined;
  let state = seed * 7919 + name.length * 104729 + 1;
  const unit = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) / 2 ** 24;
  const value = (): number => {
    if (dtype === "bool") return Number(unit() < 0.5);
    if (dtype === "i32") return Math.floor(unit() * 2 ** 32) - 2 ** 31;
    if (domain !== undefined) {
      // Wide domains hide what happens near 0: half of the points come from there.
      const [low, high] = unit() < 0.5 ? domain : [Math.max(domain[0], -20), Math.min(domain[1], 20)];
      return low + unit() * (high - low);
    }
    return unit() < 0.4 ? edges[Math.floor(unit() * edges.length)]! : (unit() - 0.5) * 2 ** Math.floor(unit() * 40 - 20);
  };
  const tensor = allocateTensor(dtype, shape.map(Number));
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = (dtype === "f16" ? roundToHalf(value()) : value()) as never;
  return tensor;
}

const shape = [5];

/** Left sides of a rule: its own examples, or its pattern with a parameter for every variable. Rules on reals in f64, where the sides
 *  must agree to many digits; rules on bits in every dtype that their ops take. */
function leftSides(rule: Rule, b: LocatedBuilder): readonly Node[] {
  const parameters = new Map<string, Node>();
  const parameter = (name: string, dtype: DType, size: readonly number[]): Node => {
    const known = parameters.get(name) ?? b.parameter(parameters.size, name, { dtype, shape: size });
    parameters.set(name, known);
    return known;
  };
  const fresh = <T>(make: () => T): T => {
    parameters.clear();
    return make();
  };
  if (rule.examples !== undefined) return rule.examples.map((example) => fresh(() => example(b, parameter)));
  const dtypes: readonly DType[] = rule.claim.kind === "bits" ? ["f16", "f32", "f64", "i32", "bool"] : ["f64"];
  return dtypes.flatMap((dtype) => [1, 2, -3, 0.25, 2 ** -16].flatMap((constant) =>
    fresh(() => instantiate(rule.pattern, dtype, constant, b, parameter)) ?? []));
}

class Refused extends Error {}

/** The pattern as a graph; undefined where its ops do not take the dtype. */
function instantiate(pattern: Pattern, dtype: DType, value: number, b: LocatedBuilder, parameter: (name: string, dtype: DType, shape: readonly number[]) => Node): Node | undefined {
  const build = (part: Pattern, wanted: DType): Node => {
    switch (part.kind) {
      case "any":
        if (part.where !== undefined && !part.where({ dtype: wanted, shape })) throw new Refused();
        return parameter(part.name, wanted, shape);
      case "bind": return build(part.pattern, wanted);
      case "constant": {
        const integer = wanted === "i32" && !Number.isInteger(value) ? 2 : value;
        return b.full(part.value ?? (wanted === "bool" ? Number(value > 0) : integer), wanted, shape);
      }
      case "op": {
        const operands = part.inputs.map((input, i) => build(input, part.op === "select" && i === 0 ? "bool" : wanted));
        return b.make(part.op, operands, part.attributes ?? {});
      }
    }
  };
  try {
    return build(pattern, dtype);
  } catch (error) {
    if (error instanceof Refused || error instanceof DamoError) return undefined;
    throw error;
  }
}
