// Where each value of a kernel comes from, and in which loops it stands.

import type { ValueId } from "../../../ir/kernel/kernel.ts";
import type { Carried, Instruction, Kernel, LoopInstruction, WasmDType } from "./wasm-kernel.ts";

/** A chain of open loops, innermost first; undefined is the kernel's top. */
export type LoopScope = { readonly loop: LoopInstruction; readonly parent: LoopScope } | undefined;

export interface Definition {
  readonly kind: "instruction" | "index" | "current" | "result";
  readonly dtype: WasmDType;
  readonly scope: LoopScope;
  readonly instruction: Exclude<Instruction, { kind: "store" | "loop" }> | undefined;
  /** Of an index, a current value or a result: its loop. */
  readonly loop: LoopInstruction | undefined;
  readonly carried: Carried | undefined;
}

export interface Definitions {
  readonly definitions: readonly Definition[];
  /** The scope that each load, store and loop stands in. */
  readonly scopeOf: ReadonlyMap<Instruction, LoopScope>;
}

const known = new WeakMap<Kernel, Definitions>();

export function collectDefinitions(kernel: Kernel): Definitions {
  let found = known.get(kernel);
  if (found === undefined) {
    const definitions: Definition[] = [];
    const scopeOf = new Map<Instruction, LoopScope>();
    visit(kernel.body, undefined, definitions, scopeOf);
    found = { definitions, scopeOf };
    known.set(kernel, found);
  }
  return found;
}

function visit(
  body: readonly Instruction[], scope: LoopScope, definitions: Definition[], scopeOf: Map<Instruction, LoopScope>,
): void {
  const define = (id: ValueId, dtype: WasmDType, rest: Partial<Definition>): void => {
    definitions[id] = { kind: "instruction", dtype, scope, instruction: undefined, loop: undefined, carried: undefined, ...rest };
  };
  for (const instruction of body) {
    scopeOf.set(instruction, scope);
    switch (instruction.kind) {
      case "store": break;
      case "size": define(instruction.id, "i32", { instruction }); break;
      case "loop": {
        const inner: LoopScope = { loop: instruction, parent: scope };
        define(instruction.index, "i32", { kind: "index", scope: inner, loop: instruction });
        for (const carried of instruction.carried) {
          define(carried.current, carried.dtype, { kind: "current", scope: inner, loop: instruction, carried });
          define(carried.result, carried.dtype, { kind: "result", loop: instruction, carried });
        }
        visit(instruction.body, inner, definitions, scopeOf);
        break;
      }
      default: define(instruction.id, instruction.dtype, { instruction });
    }
  }
}

export function loopsInside(body: readonly Instruction[]): LoopInstruction[] {
  return body.flatMap((instruction) => (instruction.kind === "loop" ? [instruction, ...loopsInside(instruction.body)] : []));
}

export function hasStore(body: readonly Instruction[]): boolean {
  return body.some((instruction) => instruction.kind === "store" || (instruction.kind === "loop" && hasStore(instruction.body)));
}
