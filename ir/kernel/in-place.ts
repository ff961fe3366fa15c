// Whether a kernel may write its result over one of its operands.

import type { Instruction, Kernel } from "./kernel.ts";

/** True if every element of `input` is loaded only in the loop iteration that stores the same element of `output`, before the
 *  store: both may then be one buffer. */
export function canUpdateInPlace(kernel: Kernel, input: number, output: number): boolean {
  const state: Search = { input, output, loads: 0, matched: 0, stores: 0 };
  search(kernel.body, state);
  return state.stores === 1 && state.matched === state.loads;
}

interface Search {
  readonly input: number;
  readonly output: number;
  loads: number;
  matched: number;
  stores: number;
}

function search(body: readonly Instruction[], state: Search): void {
  const here: number[] = [];
  for (const instruction of body) {
    if (instruction.kind === "loop") search(instruction.body, state);
    if (instruction.kind === "load" && instruction.buffer === state.input) {
      state.loads++;
      here.push(instruction.offset);
    }
    if (instruction.kind === "store" && instruction.buffer === state.output) {
      state.stores++;
      state.matched += here.filter((offset) => offset === instruction.offset).length;
    }
  }
}
