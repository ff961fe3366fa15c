// What becomes of a product's or a convolution's elements, in its shader: an epilogue's kernel for one element, with what was summed up in place of the load of it.
// That is rounded to what it would be in memory, so the bits are those of a kernel of its own.

import type { Instruction, Kernel, LoopInstruction } from "../../../ir/kernel/kernel.ts";
import { BoundBuffers, type BufferBindings } from "../kernel/bound-buffers.ts";
import { defineFunctions } from "../kernel/functions.ts";
import type { KnownSizes } from "../kernel/grid.ts";
import { toHalf } from "../kernel/scalar-ops.ts";
import { ShaderBody } from "../kernel/shader-body.ts";
import { elementType, shaderDType } from "../kernel/shader-dtype.ts";
import type { ShaderBuffer } from "../shader.ts";

export interface EpilogueDescription extends BufferBindings {
  /** Loops over the elements of the product in order, one in the other, of which the innermost reads and writes its own element. */
  readonly kernel: Kernel;
  readonly sizes: KnownSizes;
  /** Buffer parameters whose loads give what was summed up. */
  readonly product: readonly number[];
  /** Whether the kernel's two loops, if it has two, go over the rows and the columns of the product. */
  readonly isMatrix: boolean;
  /** Whether that is stored as well. */
  readonly storesProduct: boolean;
}

export interface Epilogue {
  readonly storesProduct: boolean;
  readonly buffers: readonly ShaderBuffer[];
  /** Names of its words of the uniform. */
  readonly words: readonly string[];
  /** Of its buffers, from this binding on, and of `finish(at: u32, row: i32, column: i32, sum: f32)`, for the element at this place of the whole product. */
  declare(firstBinding: number): string;
  /** The first statement of the main function. */
  readonly begin: string;
}

/** The loops of a kernel, from the outermost inwards; undefined if it is no epilogue of elements. */
export function elementLoops({ body }: Kernel): readonly LoopInstruction[] | undefined {
  const loops: LoopInstruction[] = [];
  for (let level: readonly Instruction[] = body; ;) {
    const [loop, ...others] = level.filter((instruction) => instruction.kind === "loop");
    if (loop === undefined) return loops.length > 0 ? loops : undefined;
    if (others.length > 0 || loop.carried.length > 0 || loop.order !== "parallel" || level.some(({ kind }) => kind === "store")) return undefined;
    loops.push(loop);
    level = loop.body;
  }
}

export function emitEpilogue({ kernel, sizes, product, storesProduct, isMatrix, ...bindings }: EpilogueDescription): Epilogue {
  const given = (parameter: number): string => (kernel.buffers[parameter]!.dtype === "f16" ? toHalf("sum") : "sum");
  const bound = new BoundBuffers(kernel, { ...bindings, values: new Map(product.map((parameter) => [parameter, given(parameter)])) });
  const body = new ShaderBody(kernel, bound, sizes);
  const loops = elementLoops(kernel)!;
  const values = (of: readonly Instruction[]): void => body.instructions(of.filter(({ kind }) => kind !== "loop"));
  for (const statement of bound.begins()) body.line(statement);
  values(kernel.body);
  if (isMatrix && loops.length === 2) {
    loops.forEach((loop, axis) => {
      body.define(loop.index, "i32", ["row", "column"][axis]!);
      values(loop.body);
    });
  } else {
    body.atPlace(loops, "at", (loop) => body.instructions(loop.body));
  }
  const finish = [
    ...(body.needsZero ? ["var<private> zero: u32;"] : []), ...defineFunctions(body.functions),
    "", "fn finish(at: u32, row: i32, column: i32, sum: f32) {", ...body.lines, "}",
  ];
  return {
    storesProduct, buffers: bound.buffers, words: bound.words(), begin: body.needsZero ? "zero = count.x >> 30u;" : "",
    declare: (first) => [
      ...bound.buffers.map(({ dtype }, i) => `@group(0) @binding(${first + i}) var<storage, read_write> b${i}: array<${elementType(shaderDType(dtype, kernel.name))}>;`), ...finish,
    ].join("\n"),
  };
}
