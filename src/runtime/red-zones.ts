// Red zones: in debug mode no buffer shares bytes with another, and the padding behind each holds a pattern that is looked at
// after every run. Writes stay inside their tensor, or an InternalError names the buffer and the statements that write it.

import { InternalError } from "../../ir/errors.ts";
import { accessOf } from "../../ir/program/access.ts";
import type { MemoryPlan } from "../../ir/program/plan.ts";
import { printProgram } from "../../ir/program/print.ts";
import type { BufferId, Program } from "../../ir/program/program.ts";
import { evaluateDim } from "../../ir/size.ts";
import { itemSize } from "../../ir/types.ts";
import type { Sizes } from "./backend.ts";
import type { RunWatch } from "./wasm.ts";

const pattern = 0xa5;
/** Bytes behind each buffer that belong to it and that nobody writes: the least padding that a slot or a region has. */
const zoneBytes = 64;

interface Zone { readonly buffer: BufferId; readonly address: number }

/** Watches the runs of one function. The module has its scratch addresses exported, and `plan` keeps all buffers apart. */
export function watchRedZones(program: Program, plan: MemoryPlan, exports: WebAssembly.Exports): RunWatch {
  const memory = exports["memory"] as WebAssembly.Memory;
  const bytesAt = (address: number): Uint8Array => new Uint8Array(memory.buffer, address, zoneBytes);
  let zones: readonly Zone[] = [];
  return {
    before(sizes) {
      zones = zonesOf(program, plan, exports, sizes);
      for (const { address } of zones) bytesAt(address).fill(pattern);
    },
    after() {
      for (const { buffer, address } of zones) {
        const at = bytesAt(address).findIndex((byte) => byte !== pattern);
        if (at >= 0) throw new InternalError(`${program.name}: byte ${at} behind ${describe(program, buffer)} was written`, printProgram(program, plan));
      }
    },
  };
}

function zonesOf(program: Program, plan: MemoryPlan, exports: WebAssembly.Exports, sizes: Sizes): readonly Zone[] {
  const call = (name: string, index: number): number => (exports[name] as (index: number) => number)(index) >>> 0;
  return program.buffers.flatMap(({ role, elements, dtype }, buffer): Zone[] => {
    const slot = plan.slotOf.get(buffer);
    // Constants are never written by name, and a scratch buffer that no statement touches has no slot.
    // A slice is a part of another, a carried value lies in one.
    if (role.kind === "constant" || role.kind === "slice" || role.kind === "carried" || (role.kind === "scratch" && slot === undefined)) return [];
    const start = role.kind === "scratch" ? call(`${program.name}_scratch`, slot!)
      : role.kind === "state" ? call("state", role.index) : call(`${program.name}_${role.kind}`, role.index);
    return [{ buffer, address: start + evaluateDim(elements, sizes) * itemSize[dtype] }];
  });
}

function describe({ body, buffers }: Program, buffer: BufferId): string {
  const { role } = buffers[buffer]!;
  const what = "index" in role ? `${role.kind} ${role.index}` : role.kind;
  const writers = body.flatMap((statement, at) => (accessOf(statement, buffers).writes.has(buffer) ? [`${at} (${nameOf(statement)})`] : []));
  return `buffer b${buffer} (${what}), which ${writers.length === 0 ? "no statement writes," : `statement ${writers.join(", ")} writes,`}`;
}

function nameOf(statement: Program["body"][number]): string {
  return statement.kind === "launch" ? statement.kernel.name : statement.kind;
}
