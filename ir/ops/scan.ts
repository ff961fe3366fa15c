// scan: a loop. Its body is a region that takes the carried values, one slice of each sequence and the captures, and gives
// the next carried values, whether to stop (if it `stops`), and one slice of each stacked result.
//
//   inputs   the number of steps (if `counted`: i32), the initial carried values, sequences, captures
//   results  the last carried values, the number of steps taken (if `counted` or `stops`: i32), stacked results
//
// `length` holds the number of steps, or nothing: then only `stops` or the counted steps end the loop, and there are neither sequences
// nor stacked results. A loop with a length that is asked for more steps fails (E606) unless it stopped before. With `reverse`
// slices are taken from the last to the first. Slices of steps that were not taken are zero.

import { boolAttribute, concreteDimsAttribute, dimsAttribute, intAttribute, regionAttribute } from "../attributes.ts";
import { allocateTensor, arrayViews, elementCount, type TensorData } from "../data.ts";
import { userError } from "../errors.ts";
import type { Attributes, Graph } from "../node.ts";
import type { EvaluateContext, OpDefinition } from "../op.ts";
import { type Dim, dimEquals, showDim } from "../size.ts";
import { registerOp } from "../table.ts";
import { type TensorType, showType, tensorType, typeEquals } from "../types.ts";

interface Form {
  readonly body: Graph;
  readonly carried: number;
  readonly sequences: number;
  readonly stops: boolean;
  readonly counted: boolean;
}

function formOf(attributes: Attributes): Form {
  const from = { attributes };
  return {
    body: regionAttribute(from, "body"), carried: intAttribute(from, "carried"), sequences: intAttribute(from, "sequences"),
    stops: boolAttribute(from, "stops"), counted: boolAttribute(from, "counted"),
  };
}

function expectType(what: string, given: TensorType | undefined, wanted: TensorType): void {
  if (given !== undefined && typeEquals(given, wanted)) return;
  throw userError("E211", { op: "scan", message: `${what} is ${given === undefined ? "missing" : showType(given)} where ${showType(wanted)} is needed` });
}

function infer(operands: readonly TensorType[], attributes: Attributes): readonly TensorType[] {
  const { body, carried, sequences, stops, counted } = formOf(attributes);
  const fail = (message: string) => userError("E205", { op: "scan", message });
  const length: Dim | undefined = dimsAttribute({ attributes }, "length")[0];
  if (dimsAttribute({ attributes }, "length").length > 1) throw fail("takes one length or none");
  const parameters = body.parameters.map((parameter) => parameter.type);
  const results = body.results.map((node) => node.type);
  const own = counted ? operands.slice(1) : operands;
  const stacked = results.slice(carried + (stops ? 1 : 0));
  if (carried < 0 || sequences < 0 || carried + sequences > parameters.length || results.length < carried + (stops ? 1 : 0)) {
    throw fail(`${carried} carried values and ${sequences} sequences do not fit a body of ${parameters.length} parameters and ${results.length} results`);
  }
  if (length === undefined && (sequences > 0 || stacked.length > 0)) throw fail("sequences and stacked results need a length");
  if (length === undefined && !stops && !counted) throw fail("nothing ends the loop");
  if (stops && boolAttribute({ attributes }, "reverse")) throw fail("a loop that stops early does not run in reverse");
  if (carried + stacked.length === 0 && !stops && !counted) throw fail("a loop has at least one result");
  if (own.length !== parameters.length) throw userError("E201", { op: "scan", message: `got ${own.length} of ${parameters.length} operands of the body` });
  if (counted) expectType("the number of steps", operands[0], tensorType("i32", []));
  if (stops) expectType("whether to stop", results[carried], tensorType("bool", []));
  parameters.forEach((parameter, i) => {
    if (i < carried) {
      expectType(`initial value ${i}`, own[i], parameter);
      expectType(`next value ${i}`, results[i], parameter);
    } else if (i >= carried + sequences) {
      expectType(`capture ${i - carried - sequences}`, own[i], parameter);
    } else {
      const shape = own[i]!.shape;
      if (shape.length === 0 || !dimEquals(shape[0]!, length!)) throw userError("E211", { op: "scan", message: `sequence ${i - carried} is ${showType(own[i]!)} and has no ${showDim(length!)} slices` });
      expectType(`a slice of sequence ${i - carried}`, tensorType(own[i]!.dtype, shape.slice(1)), parameter);
    }
  });
  const taken = counted || stops ? [tensorType("i32", [])] : [];
  return [...results.slice(0, carried), ...taken, ...stacked.map(({ dtype, shape }) => tensorType(dtype, [length!, ...shape]))];
}

/** Slice `at` of a tensor with that many elements in each, as a view. */
function sliceOf(tensor: TensorData, at: number): TensorData {
  const shape = tensor.shape.slice(1);
  const count = elementCount(shape);
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = tensor.data;
  return { dtype: tensor.dtype, shape, data: new arrayViews[tensor.dtype](buffer, byteOffset + at * count * BYTES_PER_ELEMENT, count) } as TensorData;
}

function evaluate(operands: readonly TensorData[], context: EvaluateContext): readonly TensorData[] {
  const { body, carried, sequences, stops, counted } = formOf(context.attributes);
  const { results: types, evaluateRegion } = context.regions!;
  const length = concreteDimsAttribute(context, "length")[0] ?? Number.POSITIVE_INFINITY;
  const wanted = counted ? Number(operands[0]!.data[0]) : length;
  const count = Math.max(0, Math.min(wanted, length));
  const own = counted ? operands.slice(1) : operands;
  let current = own.slice(0, carried);
  const first = carried + (counted || stops ? 1 : 0);
  const stacked = types.slice(first).map(({ dtype, shape }) => allocateTensor(dtype, shape));
  let taken = 0;
  let stopped = false;
  while (taken < count && !stopped) {
    const at = boolAttribute(context, "reverse") ? count - 1 - taken : taken;
    const slices = own.slice(carried, carried + sequences).map((sequence) => sliceOf(sequence, at));
    const next = evaluateRegion(body, [...current, ...slices, ...own.slice(carried + sequences)]);
    current = next.slice(0, carried);
    stopped = stops && next[carried]!.data[0] !== 0;
    stacked.forEach((stack, i) => (sliceOf(stack, at).data as Float32Array).set(next[carried + (stops ? 1 : 0) + i]!.data as Float32Array));
    taken++;
  }
  if (!stopped && wanted > length) throw userError("E606", { op: "scan", message: `a loop of at most ${length} steps is not done` });
  const steps: TensorData = { dtype: "i32", shape: [], data: Int32Array.of(taken) };
  return [...current, ...(counted || stops ? [steps] : []), ...stacked];
}

export const scan = registerOp<OpDefinition<"scan">>({
  name: "scan",
  arity: "variadic",
  attributes: {
    body: "region", carried: "int", sequences: "int", length: "dims", reverse: "bool", stops: "bool", counted: "bool",
    residuals: ["store", "recompute"],
  },
  infer,
  evaluate,
  gradient: { kind: "region" },
  lower: { kind: "control" },
});
