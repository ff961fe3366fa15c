// The text form of kernels, for messages, dumps and golden tests. Not parsed: kernels are made by the builder.

import type { Carried, Instruction, Kernel, LoopInstruction } from "./kernel.ts";

/**
 * kernel @relu(b0: read f32, b1: write f32; 1 size) {
 *   %0: i32 = size 0
 *   %1: f32 = const 0
 *   parallel %2 < %0 lanes 8 {
 *     %3: f32 = load b0[%2]
 *     %4: f32 = max(%1, %3)
 *     store b1[%2] = %4
 *   }
 * }
 */
export function printKernel(kernel: Kernel): string {
  const buffers = kernel.buffers.map(({ dtype, access }, i) => `b${i}: ${access} ${dtype}`).join(", ");
  const sizes = kernel.sizes === 0 ? "" : `; ${kernel.sizes} size${kernel.sizes === 1 ? "" : "s"}`;
  const lines = [`kernel @${kernel.name}(${buffers}${sizes}) {`];
  printBody(kernel.body, "  ", lines);
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

function printBody(body: readonly Instruction[], indent: string, lines: string[]): void {
  for (const instruction of body) {
    if (instruction.kind === "loop") printLoop(instruction, indent, lines);
    else lines.push(indent + printInstruction(instruction));
  }
}

function printLoop(loop: LoopInstruction, indent: string, lines: string[]): void {
  const results = loop.carried.length === 0 ? "" : `${loop.carried.map(({ result }) => `%${result}`).join(", ")} = `;
  const lanes = loop.lanes === 1 ? "" : ` lanes ${loop.lanes}`;
  const carried = loop.carried.length === 0 ? "" : ` carry (${loop.carried.map(printCarried).join(", ")})`;
  lines.push(`${indent}${results}${loop.order} %${loop.index} < %${loop.extent}${lanes}${carried} {`);
  printBody(loop.body, `${indent}  `, lines);
  if (loop.carried.length > 0) lines.push(`${indent}  next ${loop.carried.map(({ next }) => `%${next}`).join(", ")}`);
  lines.push(`${indent}}`);
}

function printCarried(carried: Carried): string {
  const combine = carried.combine === undefined ? "" : ` by ${carried.combine}`;
  return `%${carried.current}: ${carried.dtype} = %${carried.init}${combine}`;
}

/** One line, for anything but a loop. */
export function printInstruction(instruction: Exclude<Instruction, LoopInstruction>): string {
  switch (instruction.kind) {
    case "constant": {
      const { value } = instruction;
      return `%${instruction.id}: ${instruction.dtype} = const ${Object.is(value, -0) ? "-0" : String(value)}`;
    }
    case "size": return `%${instruction.id}: i32 = size ${instruction.parameter}`;
    case "op": {
      const args = instruction.args.map((arg) => `%${arg}`).join(", ");
      return `%${instruction.id}: ${instruction.dtype} = ${instruction.op}(${args})`;
    }
    case "load": return `%${instruction.id}: ${instruction.dtype} = load b${instruction.buffer}[%${instruction.offset}]`;
    case "store": return `store b${instruction.buffer}[%${instruction.offset}] = %${instruction.value}`;
  }
}
