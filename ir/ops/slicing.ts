// Ops that cut tensors and put them into larger ones, at fixed places: slice and pad.

import { dimsAttribute, intsAttribute, numberAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { GraphBuilder, OpDefinition } from "../op.ts";
import type { Node } from "../node.ts";
import { type Dim, addDims, ceilDivDims, mulDims, showDim, subDims } from "../size.ts";
import { showShape, tensorType } from "../types.ts";
import { readerOf, tabulate } from "./index-space.ts";
import { dilatedSize, paddedElement, paddedReader } from "./padding.ts";
import { checkAtLeast, checkEntries } from "./structural-checks.ts";

const slice: OpDefinition<"slice"> = {
  name: "slice",
  arity: 1,
  attributes: { start: "dims", limit: "dims", step: "ints" },
  infer([operand], attributes) {
    const { shape } = operand!;
    const start = dimsAttribute({ attributes }, "start");
    const limit = dimsAttribute({ attributes }, "limit");
    const step = intsAttribute({ attributes }, "step");
    for (const [name, entries] of [["start", start], ["limit", limit], ["step", step]] as const) {
      checkEntries("slice", name, entries, shape.length);
    }
    return tensorType(operand!.dtype, shape.map((dim, axis) => {
      if (step[axis] === 0) throw userError("E205", { op: "slice", message: `the step along axis ${axis} is 0` });
      checkBounds(axis, dim, start[axis]!, limit[axis]!, step[axis]!);
      return sliceSize(start[axis]!, limit[axis]!, step[axis]!);
    }));
  },
  evaluate([operand], context) {
    const start = intsAttribute(context, "start");
    const limit = intsAttribute(context, "limit");
    const step = intsAttribute(context, "step");
    operand!.shape.forEach((dim, axis) => {
      checkBounds(axis, dim, start[axis]!, limit[axis]!, step[axis]!);
    });
    const read = readerOf(operand!);
    return tabulate(context, (index) => read(index.map((i, axis) => start[axis]! + i * step[axis]!)));
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose(b, node, cotangent) {
      const { shape } = node.inputs[0]!.type;
      const start = dimsAttribute(node, "start");
      const step = intsAttribute(node, "step");
      const backwards = step.map((_, axis) => axis).filter((axis) => step[axis]! < 0);
      const ordered = backwards.length === 0 ? cotangent : b.make("reverse", [cotangent], { axes: backwards });
      const extent = node.type.shape.map((dim, axis) => dilatedSize(dim, Math.abs(step[axis]!) - 1));
      const low = start.map((first, axis) => (step[axis]! > 0 ? first : subDims(addDims(first, 1), extent[axis]!)));
      return b.make("pad", [ordered], {
        low,
        high: shape.map((dim, axis) => subDims(dim, addDims(low[axis]!, extent[axis]!))),
        interior: step.map((k) => Math.abs(k) - 1),
        value: 0,
      });
    },
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const start = dimsAttribute(node, "start");
      const step = intsAttribute(node, "step");
      return b.operand(0, index.map((i, axis) => {
        const { kernel } = b;
        if (step[axis]! < 0) return kernel.sub(b.dim(start[axis]!), kernel.mul(i, kernel.i32(-step[axis]!)));
        return kernel.add(kernel.mul(i, kernel.i32(step[axis]!)), b.dim(start[axis]!));
      }));
    },
  },
};

/** Number of positions from start (inclusive) to limit (exclusive); not negative where it is known. */
function sliceSize(start: Dim, limit: Dim, step: number): Dim {
  const size = step > 0 ? ceilDivDims(subDims(limit, start), step) : ceilDivDims(subDims(start, limit), -step);
  return typeof size === "number" ? Math.max(0, size) : size;
}

/** E208 for positions known to lie outside. A backward slice ends before 0 at the limit -1. */
function checkBounds(axis: number, dim: Dim, start: Dim, limit: Dim, step: number): void {
  if (typeof dim !== "number" || typeof start !== "number" || typeof limit !== "number") return;
  if (sliceSize(start, limit, step) === 0) return;
  const inside = step > 0 ? start >= 0 && limit <= dim : start < dim && limit >= -1;
  if (!inside) {
    throw userError("E208", { op: "slice", message: `axis ${axis} from ${start} to ${limit} lies outside the size ${showDim(dim)}` });
  }
}

const pad: OpDefinition<"pad"> = {
  name: "pad",
  arity: 1,
  attributes: { low: "dims", high: "dims", interior: "ints", value: "number" },
  infer([operand], attributes) {
    const { shape, dtype } = operand!;
    const low = dimsAttribute({ attributes }, "low");
    const high = dimsAttribute({ attributes }, "high");
    const interior = intsAttribute({ attributes }, "interior");
    for (const [name, entries] of [["low", low], ["high", high], ["interior", interior]] as const) {
      checkEntries("pad", name, entries, shape.length);
    }
    checkAtLeast("pad", "interior", interior, 0);
    return tensorType(dtype, shape.map((dim, axis) => {
      const size = addDims(addDims(low[axis]!, high[axis]!), dilatedSize(dim, interior[axis]!));
      if (typeof size === "number" && size < 0) {
        throw userError("E208", { op: "pad", message: `crops more of axis ${axis} than ${showShape(shape)} has` });
      }
      return size;
    }));
  },
  evaluate([operand], context) {
    const value = numberAttribute(context, "value");
    const read = paddedReader(operand!, intsAttribute(context, "low"), intsAttribute(context, "interior"), value);
    return tabulate(context, read);
  },
  gradient: {
    kind: "both",
    vjp: (b, node, cotangent) => [transposePad(b, node, cotangent)],
    jvp: (b, node, [tangent]) => tangent && b.make("pad", [tangent], { ...node.attributes, value: 0 }),
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const value = b.kernel.constant(numberAttribute(node, "value"), node.type.dtype);
      const { shape } = node.inputs[0]!.type;
      const margins = { low: dimsAttribute(node, "low"), high: dimsAttribute(node, "high"), span: shape.map(() => 1) };
      const positions = margins.low.map((low, axis): ValueId => b.kernel.sub(index[axis]!, b.dim(low)));
      return paddedElement(b, shape, margins, positions, intsAttribute(node, "interior"), value);
    },
  },
};

/** The elements of `cotangent` where those of the operand of `node`, a pad, stand. */
export function transposePad(b: GraphBuilder, node: Node, cotangent: Node): Node {
  const interior = intsAttribute(node, "interior");
  const cropped = b.make("pad", [cotangent], {
    low: dimsAttribute(node, "low").map((dim) => mulDims(-1, dim)),
    high: dimsAttribute(node, "high").map((dim) => mulDims(-1, dim)),
    interior: interior.map(() => 0),
    value: 0,
  });
  if (interior.every((gap) => gap === 0)) return cropped;
  const { shape } = node.inputs[0]!.type;
  const limit = shape.map((dim, axis) => dilatedSize(dim, interior[axis]!));
  const kept = b.make("slice", [cropped], { start: limit.map(() => 0), limit, step: interior.map((gap) => gap + 1) });
  // ceil(max(0, (n - 1) * k + 1) / k) is n, which sizes do not know.
  return kept.type.shape.every((dim, axis) => dim === shape[axis]) ? kept : b.make("assume", [kept], { shape });
}

export const slicingOps = [slice, pad] as const;
