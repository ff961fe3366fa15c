// What one run of a compiled function does, as counts that no machine changes: statements, bytes, operations.

import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { Call, Contract, Convolve, Launch, Program, Statement } from "../../ir/program/program.ts";
import { kernelKey } from "../../ir/kernel/kernel.ts";
import { statementsOf } from "../../ir/program/walk.ts";
import { type Dim, evaluateDim } from "../../ir/size.ts";
import { itemSize } from "../../ir/types.ts";
import { countKernel, type KernelCount } from "./count-kernel.ts";

type Sizes = ReadonlyMap<string, number>;

/** Bytes, operations of kernels, and multiplications of contractions. */
interface Work {
  readonly loaded: number;
  readonly stored: number;
  readonly operations: number;
  readonly products: number;
}

export interface StatementCount extends Work {
  readonly text: string;
  readonly launches: number;
}

export interface ProgramCount extends Work {
  readonly statements: readonly StatementCount[];
  /** Launches, those that follow a contraction included, those in loops once for each step; and how many different kernels they run. */
  readonly launches: number;
  readonly kernels: number;
  /** Bytes of scratch buffers that are live at once, at most. */
  readonly scratch: number;
}

export function countProgram(program: Program, plan: MemoryPlan, sizes: Sizes): ProgramCount {
  const statements = countBody(program, program.body, sizes, 1);
  const launches = statementsOf(program.body).flatMap(launchesOf);
  const total = (of: (work: Work) => number): number => statements.reduce((sum, statement) => sum + of(statement), 0);
  return {
    statements,
    loaded: total((work) => work.loaded),
    stored: total((work) => work.stored),
    operations: total((work) => work.operations),
    products: total((work) => work.products),
    launches: statements.reduce((sum, { launches: count }) => sum + count, 0),
    kernels: new Set(launches.map(({ kernel }) => kernelKey(kernel))).size,
    scratch: Math.max(0, ...plan.slots.map(({ first }) => liveBytes(plan, first, sizes))),
  };
}

/** A loop of a known number of steps is a line of its own; its statements follow, each as often as it runs. */
function countBody(program: Program, body: readonly Statement[], sizes: Sizes, times: number): StatementCount[] {
  return body.flatMap((statement): StatementCount[] => {
    if (statement.kind !== "repeat") {
      const { text, ...work } = countStatement(program, statement, sizes);
      const all = Object.fromEntries(Object.entries(work).map(([what, value]) => [what, times * value])) as unknown as Work;
      return [{ text, ...all, launches: times * launchesOf(statement).length }];
    }
    const { limit, steps, stop, reverse } = statement;
    if (limit === undefined || steps !== undefined || stop !== undefined) throw new Error("a loop whose steps are not known is not counted");
    const count = evaluateDim(limit, sizes);
    const inner = countBody(program, statement.body, sizes, times * count).map((line) => ({ ...line, text: `  ${line.text}` }));
    return [{ text: `repeat ${count}${reverse ? " reverse" : ""}`, loaded: 0, stored: 0, operations: 0, products: 0, launches: 0 }, ...inner];
  });
}

function liveBytes({ slots }: MemoryPlan, statement: number, sizes: Sizes): number {
  return slots.reduce((sum, { bytes, first, last }) => sum + (first <= statement && statement <= last ? evaluateDim(bytes, sizes) : 0), 0);
}

function launchesOf(statement: Statement): readonly Launch[] {
  switch (statement.kind) {
    case "launch": return [statement];
    case "contract": case "convolve": return statement.epilogue === undefined ? [] : [statement.epilogue];
    case "call": case "copy": case "check": case "log": case "repeat": case "if": return [];
  }
}

type TextAndWork = Omit<StatementCount, "launches">;

function countStatement(program: Program, statement: Statement, sizes: Sizes): TextAndWork {
  switch (statement.kind) {
    case "launch": {
      const { loops, ...work } = countLaunch(statement, sizes);
      return { text: `launch ${statement.kernel.name} ${loops}`, ...work, products: 0 };
    }
    case "contract": return countContract(statement, sizes);
    case "convolve": return countConvolve(statement, sizes);
    case "copy": {
      const { dtype, elements } = program.buffers[statement.from]!;
      const bytes = itemSize[dtype] * evaluateDim(elements, sizes);
      return { text: "copy", loaded: bytes, stored: bytes, operations: 0, products: 0 };
    }
    case "call": return countCall(statement, program, sizes);
    // Which body runs, and when, is not known here: no model that is counted has a branch or a print.
    case "repeat": case "if": case "log": throw new Error(`${statement.kind} is not counted`);
    case "check": return { text: "check", loaded: itemSize.i32, stored: 0, operations: 0, products: 0 };
  }
}

function countLaunch({ kernel, sizes: values }: Launch, sizes: Sizes): KernelCount {
  return countKernel(kernel, values.map((dim) => evaluateDim(dim, sizes)));
}

/** Each element of the operands read once, each of the result written once: what packing and blocking add belongs to the target. */
function countContract({ dtype, batch, m, n, k, epilogue }: Contract, sizes: Sizes): TextAndWork {
  const [batches, rows, columns, inner] = [batch, m, n, k].map((dim) => evaluateDim(dim, sizes)) as [number, number, number, number];
  const times = batches === 1 ? "" : `${batches} x `;
  const { after, then } = countEpilogue(epilogue, m, sizes);
  return {
    text: `contract ${dtype} ${times}[${rows},${inner}] x [${inner},${columns}]${then}`,
    loaded: itemSize[dtype] * batches * inner * (rows + columns) + (after?.loaded ?? 0),
    stored: itemSize[dtype] * batches * rows * columns + (after?.stored ?? 0),
    operations: after?.operations ?? 0,
    products: batches * rows * inner * columns,
  };
}

/** As countContract: patches are read out of the image, which is read once. */
function countConvolve({ computes, dtype, batch, geometry, epilogue }: Convolve, sizes: Sizes): TextAndWork {
  const { image, window, counts, channels, outputs, groups } = geometry;
  const product = (factors: readonly number[]): number => factors.reduce((a, b) => a * b, 1);
  const images = evaluateDim(batch, sizes);
  const [pixels, results] = [images * product(image) * channels, images * product(counts) * outputs];
  const taps = (product(window) * channels) / groups;
  const [read, written] = computes === "result" ? [taps * outputs, results] : [results, taps * outputs];
  const { after, then } = countEpilogue(epilogue, batch, sizes);
  return {
    text: `convolve ${computes} ${dtype} ${images} x [${image},${channels}] x [${window},${channels / groups},${outputs}]${then}`,
    loaded: itemSize[dtype] * (pixels + read) + (after?.loaded ?? 0),
    stored: itemSize[dtype] * written + (after?.stored ?? 0),
    operations: after?.operations ?? 0,
    products: results * taps,
  };
}

/** Operands that all elements share are read by each; a routine's own reads and writes of its workspace are its own business. */
function countCall({ symbol, batch, operands, results, operations }: Call, { buffers }: Program, sizes: Sizes): TextAndWork {
  const times = evaluateDim(batch, sizes);
  const bytes = (parts: Call["operands"]): number => parts.reduce((sum, { buffer, length }) => sum + times * itemSize[buffers[buffer]!.dtype] * evaluateDim(length, sizes), 0);
  return { text: `call ${times} x ${symbol}`, loaded: bytes(operands), stored: bytes(results), operations: times * evaluateDim(operations, sizes), products: 0 };
}

/** The epilogue runs on blocks of rows; all of them together are the rows from 0 to `rows`. */
function countEpilogue(epilogue: Launch | undefined, rows: Dim, sizes: Sizes): { readonly after: KernelCount | undefined; readonly then: string } {
  if (epilogue === undefined) return { after: undefined, then: "" };
  const after = countLaunch({ ...epilogue, sizes: [0, rows, ...epilogue.sizes.slice(2)] satisfies Dim[] }, sizes);
  return { after, then: ` then ${epilogue.kernel.name} ${after.loops}` };
}
