// Decides which statements of a program several threads share, and how. What is divided are iterations of parallel loops,
// rows, columns and batch elements of products, and copies; of the terms of a sum only blocks that are part of its meaning. So the bits stay the same.

import { elementCount } from "../../ir/data.ts";
import type { Call, Contract, Convolve, Copy, Launch, Program, Split, Statement } from "../../ir/program/program.ts";
import { isShared, splitsOf } from "../../ir/program/share.ts";
import { bodiesOf, statementsOf } from "../../ir/program/walk.ts";
import { ceilDivDims, type Dim, mulDims } from "../../ir/size.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { itemSize } from "../../ir/types.ts";
import { guess, guessSize, iterationWork } from "./estimate-work.ts";
import { rangeKernel } from "./range-kernel.ts";
import { takeApart } from "./take-apart.ts";

/** For at most `threads` threads; the same program where nothing is worth it. */
export function splitStatements(program: Program, target: TargetDescription, threads: number): Program {
  const splitter = new Splitter(program, target, threads);
  const body = splitter.body(program.body);
  return splitsOf(body).length > 0 && !body.some(failsUnheard) ? { ...program, buffers: splitter.buffers, body, threads } : program;
}

/** What fails where thread 0 is alone would be told to no other thread: they would wait at a barrier. */
function failsUnheard(statement: Statement): boolean {
  if (statement.kind === "check") return false;
  if (isShared(statement)) return (statement.kind === "repeat" && statement.overrun !== undefined) || bodiesOf(statement).flat().some(failsUnheard);
  return statementsOf([statement]).some((inner) => inner.kind === "check" || (inner.kind === "repeat" && inner.overrun !== undefined));
}

class Splitter {
  buffers: Program["buffers"];
  readonly #target: TargetDescription;
  readonly #threads: number;

  constructor({ buffers }: Program, target: TargetDescription, threads: number) {
    this.buffers = buffers;
    this.#target = target;
    this.#threads = threads;
  }

  body(body: readonly Statement[]): readonly Statement[] {
    return body.flatMap((statement) => this.#split(statement));
  }

  #split(statement: Statement): readonly Statement[] {
    switch (statement.kind) {
      case "launch": return this.#launches(statement);
      case "contract": return this.#contract(statement);
      case "convolve": return [this.#convolve(statement)];
      case "call": return [this.#call(statement)];
      case "copy": return [this.#copy(statement)];
      case "repeat": return [{ ...statement, body: this.body(statement.body) }];
      case "if": return [{ ...statement, then: this.body(statement.then), otherwise: this.body(statement.otherwise) }];
      case "check": case "log": return [statement];
    }
  }

  /** Undefined where the whole is known to be too little. */
  #splitOf(axis: Split["axis"], extent: Dim, perElement: number, multiple: number): Split | undefined {
    const { worthSharing } = this.#target.cost;
    if (typeof extent === "number" && extent * perElement < worthSharing) return undefined;
    const grain = Math.max(1, Math.ceil(worthSharing / 2 / perElement));
    return typeof extent === "number" && extent < 2 * grain ? undefined : { axis, extent, grain, multiple };
  }

  /** Taken apart where a part is worth sharing. */
  #launches(launch: Launch): readonly Launch[] {
    const before = this.buffers;
    const parts = takeApart(launch, (buffer) => {
      this.buffers = [...this.buffers, buffer];
      return this.buffers.length - 1;
    })?.map((part) => this.#launch(part));
    if (parts?.some(({ split }) => split !== undefined)) return parts;
    this.buffers = before;
    return [this.#launch(launch)];
  }

  #launch(launch: Launch): Launch {
    const ranged = rangeKernel(launch.kernel, launch.sizes);
    if (ranged === undefined) return launch;
    const { kernel, loops, lanes, extent } = ranged;
    const split = this.#splitOf("iterations", extent, iterationWork(launch.kernel, loops, launch.sizes, this.#target.cost), lanes);
    return split === undefined ? launch : { ...launch, kernel, sizes: [0, extent, ...launch.sizes], split };
  }

  #copy(copy: Copy): Copy {
    const { dtype, elements } = this.buffers[copy.from]!;
    const split = this.#splitOf("elements", elements, 2 * this.#target.cost.access * itemSize[dtype] / 4, this.#target.slotAlignment);
    return split === undefined ? copy : { ...copy, split };
  }

  #contract(contract: Contract): readonly Statement[] {
    const { epilogue, ...product } = contract;
    const split = this.#splitProduct(contract);
    if (split === undefined) return [contract];
    const shared = { ...product, epilogue: undefined, split, workspaceStride: this.#multiplyWorkspace(contract) };
    if (epilogue === undefined) return [shared];
    if (split.axis === "rows") return [{ ...shared, epilogue }];
    // Rows are complete only when all columns are there.
    return [shared, this.#rows(epilogue)];
  }

  /** By images; the filter's gradient, which is a sum over them, by taps, or by channels where it is depthwise and takes all its taps in one turn. */
  #convolve(convolve: Convolve): Convolve {
    const { computes, dtype, batch, geometry } = convolve;
    const { counts, window, channels, outputs, groups } = geometry;
    const taps = elementCount(window) * channels / groups;
    const perTap = elementCount(counts) * outputs * this.#target.cost.product * itemSize[dtype] / 4;
    const isDepthwise = groups > 1 && channels === groups && outputs === groups;
    const split = computes === "result" ? this.#splitOf("batch", batch, taps * perTap, 1)
      : isDepthwise ? this.#splitOf("columns", channels, guess(batch) * taps * perTap / channels, this.#target.slotAlignment / itemSize[dtype])
        : this.#splitOf("rows", taps, guess(batch) * perTap, 1);
    return split === undefined ? convolve : { ...convolve, split, workspaceStride: this.#multiplyWorkspace(convolve) };
  }

  #call(call: Call): Call {
    const { batch, operations, workspace, parts } = call;
    const work = Math.max(1, guessSize(operations)) * this.#target.cost.scalarOperation;
    const split = parts === undefined || isLongBatch(batch, this.#threads) ? this.#splitOf("batch", batch, work, 1)
      : this.#splitOf("rows", parts, guess(batch) * work / Math.max(1, guess(parts)), 1);
    if (split === undefined) return call;
    return { ...call, split, ...(workspace === undefined ? {} : { workspaceStride: this.#multiplyWorkspace({ workspace }) }) };
  }

  #splitProduct(contract: Contract): Split | undefined {
    const { dtype, batch, m, n, k } = contract;
    const perProduct = this.#target.cost.product * itemSize[dtype] / 4;
    const extents = { batch, rows: m, columns: n };
    const axis = this.#axisOf(contract);
    const all = guess(batch) * guess(m) * guess(n) * guess(k) * perProduct;
    // Columns and rows begin where a line of C does, as far as that can be known.
    const multiple = axis === "columns" ? this.#target.slotAlignment / itemSize[dtype] : 1;
    return this.#splitOf(axis, extents[axis], all / Math.max(1, guess(extents[axis])), multiple);
  }

  /** Each thread packs what it needs of both operands, so the longer side is cut: less is packed twice. */
  #axisOf({ batch, m, n }: Contract): "batch" | "rows" | "columns" {
    if (isLongBatch(batch, this.#threads)) return "batch";
    return guess(n) > guess(m) ? "columns" : "rows";
  }

  /** Room for the panels of each thread; one thread's bytes. */
  #multiplyWorkspace({ workspace }: Pick<Contract, "workspace">): Dim {
    const { slotAlignment } = this.#target;
    const buffer = this.buffers[workspace]!;
    const stride = mulDims(ceilDivDims(buffer.elements, slotAlignment), slotAlignment);
    this.buffers = this.buffers.with(workspace, { ...buffer, elements: mulDims(stride, this.#threads) });
    return stride;
  }

  /** An epilogue on its own: its kernel takes ranges of rows already. */
  #rows(epilogue: Launch): Launch {
    const loop = epilogue.kernel.body.find((instruction) => instruction.kind === "loop");
    const split = loop === undefined ? undefined : this.#splitOf("iterations", epilogue.sizes[1]!, iterationWork(epilogue.kernel, new Set([loop]), epilogue.sizes, this.#target.cost), 1);
    return split === undefined ? epilogue : { ...epilogue, split };
  }
}

/** Whether there is enough for each thread, as far as that can be known. */
function isLongBatch(batch: Dim, threads: number): boolean {
  return typeof batch !== "number" || batch >= 2 * threads;
}
