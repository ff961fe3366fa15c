// Windows that are added up where they overlap, as a kernel that walks the windows: zeros first, then each window's rows are added to where they lie. The rows of a window
// are contiguous in memory, where an element's windows are not. An element is the sequential sum over its windows, as in the definition.

import type { ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import { geometryOf } from "../../ir/ops/window-geometry.ts";
import type { BufferId, Launch } from "../../ir/program/program.ts";
import { type Dim, dimEquals, productOfDims } from "../../ir/size.ts";
import { KernelScope } from "../schedule/kernel-scope.ts";
import type { SoloContext } from "../schedule/lower-solo.ts";
import { collapse, type View, viewOf } from "../schedule/view.ts";

/** An axis along which windows have places. */
interface WindowAxis {
  readonly axis: number;
  readonly window: number;
  readonly stride: number;
  readonly low: number;
  /** Whether windows may reach over the beginning, and over the end. */
  readonly clipped: readonly [boolean, boolean];
}

interface Overlap {
  readonly axes: readonly WindowAxis[];
  /** Elements of an innermost place of a window, contiguous. */
  readonly run: number;
  readonly view: View;
}

/** Shorter rows of a window are not worth a loop of their own. */
const leastRow = 8;

/** Whether a value is lowered here. */
export function walksWindows(node: Node, isStored: (node: Node) => boolean): boolean {
  return overlapOf(node, isStored) !== undefined;
}

function overlapOf(node: Node, isStored: (node: Node) => boolean): Overlap | undefined {
  if (node.op !== "overlap_add") return undefined;
  const { window, strides, dilation, low, high } = geometryOf(node);
  const { shape } = node.type;
  const axes: WindowAxis[] = [];
  for (const [axis, size] of window.entries()) {
    const [before, after] = [low[axis]!, high[axis]!];
    if (typeof size !== "number" || typeof before !== "number" || typeof after !== "number" || dilation[axis] !== 1) return undefined;
    if (size === 1 && strides[axis] === 1 && before === 0 && after === 0) continue;
    // Every window holds an element.
    if (before >= size || after >= size) return undefined;
    axes.push({ axis, window: size, stride: strides[axis]!, low: before, clipped: [before > 0, after > 0] });
  }
  const last = axes.at(-1);
  const view = viewOf(node.inputs[0]!, isStored);
  if (last === undefined || last.axis - axes[0]!.axis !== axes.length - 1 || !axes.some(({ window, stride }) => window > stride)) return undefined;
  if (!isStored(view.base) || view.base.op === "full") return undefined;
  const inner = collapse(shape.slice(last.axis + 1), view.strides.slice(last.axis + 1, shape.length));
  if (inner === undefined || typeof inner.extent !== "number" || inner.extent === 0 || inner.stride !== 1) return undefined;
  if (last.window > 1 && !dimEquals(view.strides[shape.length + last.axis]!, inner.extent)) return undefined;
  return last.window * inner.extent < leastRow ? undefined : { axes, run: inner.extent, view };
}

export function lowerOverlap(node: Node, target: BufferId, context: SoloContext): Launch {
  const { axes, run, view } = overlapOf(node, (other) => context.bufferOf(other) !== undefined)!;
  const scope = new KernelScope(node.op, context.bufferOf);
  const { kernel } = scope;
  const { dtype, shape } = node.type;
  const counts = node.inputs[0]!.type.shape;
  const out = scope.parameter(target, dtype, "readwrite");
  const windows = scope.parameter(context.bufferOf(view.base)!, dtype, "read");
  const first = axes[0]!.axis;
  const zeros = shape.map(() => kernel.i32(0));
  const times = (index: ValueId, by: Dim): ValueId => kernel.mul(index, scope.dim(by));
  scope.nest(shape.slice(0, first), "parallel", [], [], (lead) => {
    const cells = productOfDims(shape.slice(first));
    const begin = times(scope.offset(lead, shape.slice(0, first)), cells);
    scope.loop(scope.dim(cells), { order: "parallel" }, (i) => {
      kernel.store(out, kernel.add(begin, i), kernel.constant(identityOf("add", dtype), dtype));
      return [];
    });
    const start = lead.reduce((sum, index, axis) => kernel.add(sum, times(index, view.strides[axis]!)), scope.dim(view.offset));
    scope.nest(axes.map(({ axis }) => counts[axis]!), "serial", [], [], (at) => {
      const origins = axes.map(({ stride, low }, i) => kernel.sub(kernel.mul(at[i]!, kernel.i32(stride)), kernel.i32(low)));
      const from = at.reduce((sum, index, i) => kernel.add(sum, times(index, view.strides[axes[i]!.axis]!)), start);
      // The places of the window within the tensor: from `begin`, so many.
      const kept = axes.map(({ axis, window, clipped: [before, after] }, i) => {
        const begin = before ? kernel.max(kernel.sub(kernel.i32(0), origins[i]!), kernel.i32(0)) : kernel.i32(0);
        const end = after ? kernel.min(kernel.sub(scope.dim(shape[axis]!), origins[i]!), kernel.i32(window)) : kernel.i32(window);
        return { begin, count: kernel.sub(end, begin) };
      });
      const rows = (depth: number, source: ValueId, index: readonly ValueId[]): void => {
        const { axis } = axes[depth]!;
        const { begin, count } = kept[depth]!;
        const place = (offset: ValueId): readonly ValueId[] => [...index, kernel.add(origins[depth]!, offset)];
        const step = view.strides[shape.length + axis]!;
        if (depth < axes.length - 1) {
          scope.loop(count, { order: "serial" }, (i) => {
            const offset = kernel.add(begin, i);
            rows(depth + 1, kernel.add(source, times(offset, step)), place(offset));
            return [];
          });
          return;
        }
        const to = scope.offset([...place(begin), ...zeros.slice(axis + 1)], shape);
        const source0 = kernel.add(source, times(begin, step));
        scope.loop(kernel.mul(count, scope.dim(run)), { order: "parallel" }, (i) => {
          const cell = kernel.add(to, i);
          kernel.store(out, cell, kernel.add(kernel.load(out, cell), kernel.load(windows, kernel.add(source0, i))));
          return [];
        });
      };
      rows(0, from, lead);
      return [];
    });
    return [];
  });
  return scope.launch(context.optimize);
}
