// Calls of routines, one for each element of a batch.

import { InternalError } from "../../../ir/errors.ts";
import type { BatchOperand, BufferId, Call } from "../../../ir/program/program.ts";
import type { Routine } from "../../../ir/routine.ts";
import type { Dim } from "../../../ir/size.ts";
import { type DType, itemSize } from "../../../ir/types.ts";
import type { CodeVariant } from "../code-variant.ts";
import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import type { Range } from "../module/thread-part.ts";
import { RoutineLinker } from "./link.ts";
import { offeredBy } from "./offered.ts";
import type { RoutineObject } from "./read-object.ts";

/** What is needed of the function in which the call stands. */
export interface CallScope {
  readonly f: FunctionBuilder;
  dtype(buffer: BufferId): DType;
  /** Pushes a buffer's address. */
  address(buffer: BufferId): void;
  /** Pushes a size times a constant. */
  size(size: Dim, factor?: number): void;
  /** Pushes the address of this thread's workspace. */
  workspace(owner: { readonly workspace: BufferId; readonly workspaceStride?: Dim }): void;
  /** The elements of the batch that this thread takes, or the parts of each, which are rows; all if absent. */
  readonly range: Range | undefined;
}

/** By what a routine's declaration names them. */
export type RoutineObjects = ReadonlyMap<Routine["object"], RoutineObject>;

export class RoutineEmitter {
  readonly #linker: RoutineLinker;
  readonly #objects: RoutineObjects;

  constructor(module: ModuleBuilder, code: CodeVariant, objects: RoutineObjects) {
    this.#linker = new RoutineLinker(module, offeredBy(module, code));
    this.#objects = objects;
  }

  /** What was linked so far. */
  get routines(): RoutineLinker["routines"] {
    return this.#linker.routines;
  }

  emitCall(call: Call, scope: CallScope): void {
    const { routine, symbol, batch, operands, results, sizes, workspace, workspaceStride, productBytes, status, parts } = call;
    const { f, range } = scope;
    const ofParts = range?.axis === "rows" ? range : undefined;
    const params = new Array<"i32">(operands.length + results.length + sizes.length + (parts === undefined ? 0 : 2) + (productBytes === undefined ? 1 : 2)).fill("i32");
    const object = this.#objects.get(routine.object);
    if (object === undefined) throw new InternalError(`a program that calls ${symbol} is emitted without its object`);
    const index = this.#linker.link(object, symbol, { params, results: ["i32"] });
    const one = (at: Local | undefined): void => {
      if (status !== undefined) place(scope, { buffer: status, stride: 1 }, at);
      for (const part of [...operands, ...results]) place(scope, part, at);
      for (const size of sizes) scope.size(size);
      if (ofParts !== undefined) f.get(ofParts.begin).get(ofParts.end);
      else if (parts !== undefined) {
        f.i32(0);
        scope.size(parts);
      }
      const pushWorkspace = (): FunctionBuilder => {
        if (workspace === undefined) return f.i32(0);
        scope.workspace({ workspace, ...(workspaceStride === undefined ? {} : { workspaceStride }) });
        return f;
      };
      pushWorkspace();
      if (productBytes !== undefined) {
        f.i32(productBytes).op("i32.add");
        pushWorkspace();
      }
      f.call(index);
      if (status === undefined) f.op("drop");
      else clampCode(f, routine.failures.length);
    };
    if (batch === 1) {
      one(undefined);
      return;
    }
    const at = f.local("i32");
    const [from, to] = range === undefined || ofParts !== undefined ? [() => f.i32(0), () => scope.size(batch)] : [() => f.get(range.begin), () => f.get(range.end)];
    countedLoop(f, at, { from, to, step: 1 }, () => one(at));
  }
}

/** Pushes the address of an element's part. */
function place({ f, dtype, address, size }: CallScope, { buffer, stride }: Pick<BatchOperand, "buffer" | "stride">, at: Local | undefined): void {
  address(buffer);
  if (at === undefined || stride === 0) return;
  f.get(at);
  size(stride, itemSize[dtype(buffer)]);
  f.op("i32.mul").op("i32.add");
}

/** Stores the code at the address below it; one that is not declared counts as the last. */
function clampCode(f: FunctionBuilder, most: number): void {
  const code = f.local("i32");
  f.tee(code).i32(most).get(code).i32(most).op("i32.lt_u").op("select").store("i32.store");
}
