// Programs as text, for `damo explain` and messages: buffers with their roles and places, then the statements.

import { printKernel } from "../kernel/print.ts";
import { type Kernel, kernelKey } from "../kernel/kernel.ts";
import { showDim } from "../size.ts";
import { bodiesOf } from "./walk.ts";
import type { MemoryPlan } from "./plan.ts";
import type { Buffer, BufferId, Call, Contract, Convolve, Launch, Log, MatrixOperand, Program, Repeat, Split, Statement } from "./program.ts";

/** The program, then the kernels that it launches, each once. */
export function printProgram(program: Program, plan?: MemoryPlan): string {
  const kernels = new Map<string, { name: string; kernel: Kernel }>();
  const nameOf = (kernel: Kernel): string => {
    const key = kernelKey(kernel);
    let known = kernels.get(key);
    if (known === undefined) {
      known = { name: `@${kernel.name}.${kernels.size}`, kernel };
      kernels.set(key, known);
    }
    return known.name;
  };
  const threads = program.threads === undefined ? "" : ` threads ${program.threads}`;
  const lines = [`program @${program.name}(${program.sizes.join(", ")})${threads} {`];
  program.buffers.forEach((buffer, id) => lines.push(`  ${printBuffer(buffer, id, plan)}`));
  for (const { left, right, error } of program.sizeChecks) lines.push(`  check sizes ${showDim(left)} = ${showDim(right)} else ${error}`);
  printBody(program.body, "  ", lines, nameOf);
  lines.push("}");
  for (const { name, kernel } of kernels.values()) lines.push("", printKernel(kernel).replace(/^kernel @\S+?\(/, `kernel ${name}(`).trimEnd());
  return `${lines.join("\n")}\n`;
}

function printBuffer({ dtype, elements, role }: Buffer, id: BufferId, plan: MemoryPlan | undefined): string {
  const index = "index" in role ? ` ${role.index}` : "of" in role ? ` of b${role.of}` : "";
  const slot = plan?.slotOf.get(id);
  const offset = slot === undefined ? undefined : plan?.placement?.offsets[slot];
  const place = slot === undefined ? "" : ` in slot ${slot}${offset === undefined ? "" : ` at ${offset}`}`;
  return `b${id}: ${dtype}[${showDim(elements)}] ${role.kind}${index}${place}`;
}

function printBody(body: readonly Statement[], indent: string, lines: string[], nameOf: (kernel: Kernel) => string): void {
  for (const statement of body) {
    if (statement.barrier) lines.push(`${indent}barrier`);
    lines.push(`${indent}${printStatement(statement, nameOf)}${"split" in statement ? printSplit(statement.split) : ""}`);
    bodiesOf(statement).forEach((nested, i) => {
      if (i > 0) lines.push(`${indent}} else {`);
      printBody(nested, `${indent}  `, lines, nameOf);
    });
    if (bodiesOf(statement).length > 0) lines.push(`${indent}}`);
  }
}

/** One line; of a statement with bodies, the line that opens the first. */
function printStatement(statement: Statement, nameOf: (kernel: Kernel) => string): string {
  switch (statement.kind) {
    case "launch": return printLaunch(statement, nameOf);
    case "contract": return printContract(statement, nameOf);
    case "convolve": return printConvolve(statement, nameOf);
    case "call": return printCall(statement);
    case "copy": return `b${statement.to} = copy b${statement.from}`;
    case "check": return `check b${statement.flag} else ${statement.error}`;
    case "log": return printLog(statement);
    case "if": return `if b${statement.condition} {`;
    case "repeat": return printRepeat(statement);
  }
}

function printLog({ print, every, shape, statistics, first }: Log): string {
  return `log ${print} every ${every} [${shape.map(showDim).join(",")}] statistics b${statistics} first b${first} {`;
}

function printRepeat({ limit, steps, stop, taken, reverse, overrun, slices, carried }: Repeat): string {
  const list = (buffers: readonly BufferId[]): string => buffers.map((buffer) => `b${buffer}`).join(", ");
  const parts = [
    ...(limit === undefined ? [] : [showDim(limit)]),
    ...(steps === undefined ? [] : [`steps b${steps}${overrun === undefined ? "" : ` else ${overrun}`}`]),
    ...(stop === undefined ? [] : [`until b${stop}`]), ...(taken === undefined ? [] : [`taken b${taken}`]), ...(reverse ? ["reverse"] : []),
    ...(slices.length === 0 ? [] : [`slices (${list(slices)})`]),
    ...carried.map(({ current, init, next, rooms, last }) =>
      `carry b${current} from b${init} next b${next}${rooms.length === 0 ? "" : ` in (${list(rooms)})`}${last === undefined ? "" : ` to b${last}`}`),
  ];
  return `repeat ${parts.join(" ")} {`;
}

function printSplit(split: Split | undefined): string {
  if (split === undefined) return "";
  const { axis, extent, grain, multiple } = split;
  return ` split ${axis} ${showDim(extent)} grain ${grain} multiple ${multiple}`;
}

function printLaunch({ kernel, buffers, sizes }: Launch, nameOf: (kernel: Kernel) => string): string {
  return `launch ${nameOf(kernel)}(${buffers.map((buffer) => `b${buffer}`).join(", ")}) sizes (${sizes.map(showDim).join(", ")})`;
}

function printContract(contract: Contract, nameOf: (kernel: Kernel) => string): string {
  const { dtype, batch, m, n, k, a, b, c, epilogue } = contract;
  const times = batch === 1 ? "" : `${showDim(batch)} x `;
  const then = epilogue === undefined ? "" : ` then ${printLaunch(epilogue, nameOf)}`;
  return `b${c} = contract ${dtype} ${times}[${showDim(m)},${showDim(k)}] x [${showDim(k)},${showDim(n)}] ${printOperand(a)} ${printOperand(b)}${then}`;
}

function printConvolve(convolve: Convolve, nameOf: (kernel: Kernel) => string): string {
  const { computes, dtype, batch, geometry, image, filter, result, epilogue } = convolve;
  const { window, strides, dilation, spread, low, channels, outputs, groups } = geometry;
  const by = (sizes: readonly number[]): string => sizes.join("x");
  const [target, operands] = computes === "result" ? [result, `b${image} b${filter}`] : [filter, `b${image} b${result}`];
  const details = [`strides ${by(strides)}`, `dilation ${by(dilation)}`, `spread ${by(spread)}`, `low ${low.join(",")}`, `groups ${groups}`].join(" ");
  const then = epilogue === undefined ? "" : ` then ${printLaunch(epilogue, nameOf)}`;
  return `b${target} = convolve ${computes} ${dtype} ${showDim(batch)} x ${by(geometry.image)} window ${by(window)} channels ${channels} -> ${outputs} ${details} ${operands}${then}`;
}

function printCall({ symbol, batch, operands, results, sizes, status, parts }: Call): string {
  const list = (parts: Call["operands"]): string => parts.map(({ buffer, stride }) => `b${buffer}${stride === 0 ? "" : `:${showDim(stride)}`}`).join(", ");
  const codes = status === undefined ? "" : ` status b${status}`;
  const divided = parts === undefined ? "" : ` parts ${showDim(parts)}`;
  return `${list(results)} = call ${showDim(batch)} x ${symbol}(${list(operands)}) sizes (${sizes.map(showDim).join(", ")})${codes}${divided}`;
}

function printOperand({ buffer, offset, rowStride, columnStride }: MatrixOperand): string {
  return `b${buffer}${offset === 0 ? "" : `+${showDim(offset)}`}:(${showDim(rowStride)},${showDim(columnStride)})`;
}
