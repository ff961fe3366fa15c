// f_run: the statements of a program in their order. Addresses and sizes are immediates in a function without symbolic
// sizes, and come from its table otherwise.

import { InternalError } from "../../../ir/errors.ts";
import type { BufferId, Contract, Convolve, Launch, MatrixOperand, Repeat, Statement } from "../../../ir/program/program.ts";
import { errorNumbers } from "../../../ir/program/signature.ts";
import type { Dim } from "../../../ir/size.ts";
import { itemSize } from "../../../ir/types.ts";
import type { CodeVariant } from "../code-variant.ts";
import { declareConvolution } from "../conv/convolution.ts";
import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { describeProduct, unitStride } from "../gemm/describe-product.ts";
import { declareGemm } from "../gemm/gemm.ts";
import { type KernelCache, declareKernel } from "../kernel/index.ts";
import { type ModuleLayout, type ProgramLayout, header } from "./layout.ts";

export interface RunContext {
  readonly module: ModuleBuilder;
  readonly layout: ModuleLayout;
  readonly kernels: KernelCache;
  readonly code: CodeVariant;
  readonly externalWeights: boolean;
}

/** The index of the function: () -> i32. */
export function emitRun(context: RunContext, program: ProgramLayout): number {
  const index = context.module.declareFunction(`${program.program.name}_run`, { params: [], results: ["i32"] });
  context.module.defineFunction(index, (f) => new RunEmitter(context, program, f).emit());
  return index;
}

class RunEmitter {
  readonly #context: RunContext;
  readonly #layout: ProgramLayout;
  readonly #f: FunctionBuilder;
  /** Addresses of slices and carried values, in the loops that are open. */
  readonly #pointers = new Map<BufferId, Local>();

  constructor(context: RunContext, layout: ProgramLayout, f: FunctionBuilder) {
    this.#context = context;
    this.#layout = layout;
    this.#f = f;
  }

  emit(): void {
    const f = this.#f;
    const { table, program } = this.#layout;
    if (table !== undefined) {
      f.i32(table.prepared).load("i32.load").op("i32.eqz").if(() => f.i32(errorNumbers.unprepared).op("return"));
    }
    if (this.#context.externalWeights) {
      f.i32(header.weightsLoaded).load("i32.load").op("i32.eqz").if(() => f.i32(errorNumbers.weightsMissing).op("return"));
    }
    this.#body(program.body);
    f.i32(errorNumbers.ok);
  }

  #body(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    const f = this.#f;
    switch (statement.kind) {
      case "launch":
        for (const buffer of statement.buffers) this.#address(buffer);
        for (const size of statement.sizes) this.#size(size);
        f.call(this.#kernel(statement));
        break;
      case "contract": this.#contract(statement); break;
      case "convolve": this.#convolve(statement); break;
      case "copy": this.#copy(statement.to, statement.from, () => this.#address(statement.from)); break;
      case "if":
        this.#address(statement.condition);
        f.load("i32.load8_u").if(() => this.#body(statement.then), () => this.#body(statement.otherwise));
        break;
      case "repeat": this.#repeat(statement); break;
      case "check":
        this.#address(statement.flag);
        f.load("i32.load").if(() => {
          for (const word of [0, 4]) {
            f.i32(header.errorInfo);
            this.#address(statement.flag);
            f.load("i32.load", word + 4).store("i32.store", word);
          }
          f.i32(statement.error).op("return");
        });
    }
  }

  /** Copies from the address that `push` pushes, as many bytes as `like` has. */
  #copy(to: BufferId, like: BufferId, push: () => void): void {
    const { elements, dtype } = this.#layout.program.buffers[like]!;
    this.#address(to);
    push();
    this.#size(elements, itemSize[dtype]);
    this.#f.memoryCopy();
  }

  #repeat({ limit, steps, stop, taken, reverse, overrun, slices, carried, body }: Repeat): void {
    const f = this.#f;
    const [count, step, stopped] = [f.local("i32"), f.local("i32"), f.local("i32")];
    this.#countSteps(count, limit, steps);
    const pointers = carried.map(({ current, init, next, rooms }) => {
      const [now, then, room] = [f.local("i32"), f.local("i32"), f.local("i32")];
      this.#address(init);
      f.set(now);
      if (rooms.length > 0) {
        this.#address(rooms[0]!);
        f.set(room);
        this.#pointers.set(next, room);
      }
      this.#pointers.set(current, now);
      return { now, then, room };
    });
    const places = slices.map((slice) => {
      const place = f.local("i32");
      this.#pointers.set(slice, place);
      return place;
    });
    f.i32(0).set(step).i32(0).set(stopped);
    f.block((done) => f.loop((again) => {
      f.get(step).get(count).op("i32.ge_s").get(stopped).op("i32.or").brIf(done);
      slices.forEach((slice, i) => this.#placeSlice(slice, places[i]!, () => {
        if (reverse) f.get(count).i32(1).op("i32.sub").get(step).op("i32.sub");
        else f.get(step);
      }));
      this.#body(body);
      if (stop !== undefined) {
        this.#address(stop);
        f.load("i32.load8_u").set(stopped);
      }
      // All addresses are read before one is changed: a next value may lie where another present one does.
      carried.forEach(({ next }, i) => {
        this.#address(next);
        f.set(pointers[i]!.then);
      });
      carried.forEach(({ rooms }, i) => {
        const { now, then, room } = pointers[i]!;
        f.get(then).set(now);
        if (rooms.length < 2) return;
        // The other room: first + second - this one.
        this.#address(rooms[0]!);
        this.#address(rooms[1]!);
        f.op("i32.add").get(room).op("i32.sub").set(room);
      });
      f.get(step).i32(1).op("i32.add").set(step).br(again);
    }));
    if (overrun !== undefined) this.#refuseOverrun(overrun, steps!, limit!, stopped);
    carried.forEach(({ init, last }, i) => {
      if (last !== undefined) this.#copy(last, init, () => f.get(pointers[i]!.now));
    });
    if (taken !== undefined) {
      this.#address(taken);
      f.get(step).store("i32.store");
    }
  }

  /** The steps that are wanted, no more than the limit. */
  #countSteps(count: Local, limit: Dim | undefined, steps: BufferId | undefined): void {
    const f = this.#f;
    if (limit === undefined) f.i32(0x7fffffff);
    else this.#size(limit);
    f.set(count);
    if (steps === undefined) return;
    this.#address(steps);
    f.load("i32.load").get(count);
    this.#address(steps);
    f.load("i32.load").get(count).op("i32.lt_s").op("select").set(count);
  }

  #placeSlice(slice: BufferId, place: Local, pushIndex: () => void): void {
    const f = this.#f;
    const { elements, dtype, role } = this.#layout.program.buffers[slice]!;
    if (role.kind !== "slice") throw new InternalError(`buffer ${slice} is no slice`);
    this.#address(role.of);
    pushIndex();
    this.#size(elements, itemSize[dtype]);
    f.op("i32.mul").op("i32.add").set(place);
  }

  #refuseOverrun(error: number, steps: BufferId, limit: Dim, stopped: Local): void {
    const f = this.#f;
    this.#address(steps);
    f.load("i32.load");
    this.#size(limit);
    f.op("i32.gt_s").get(stopped).op("i32.eqz").op("i32.and").if(() => {
      f.i32(header.errorInfo);
      this.#address(steps);
      f.load("i32.load").store("i32.store").i32(header.errorInfo);
      this.#size(limit);
      f.store("i32.store", 4).i32(error).op("return");
    });
  }

  #kernel({ kernel }: Launch): number {
    return declareKernel(this.#context.module, kernel, this.#context.kernels);
  }

  /** Pushes a buffer's address. */
  #address(buffer: BufferId): void {
    const f = this.#f;
    const { table, inputs, outputs, scratch, plan, program } = this.#layout;
    const { role } = program.buffers[buffer]!;
    switch (role.kind) {
      case "state": f.i32(this.#context.layout.state[role.index]!); break;
      case "slice": case "carried": f.get(this.#pointers.get(buffer) ?? this.#unplaced(buffer)); break;
      case "constant": f.i32(this.#context.layout.data.constant(role.data)); break;
      case "input": this.#place(inputs[role.index], table?.input(role.index)); break;
      case "output": this.#place(outputs[role.index], table?.output(role.index)); break;
      case "scratch":
        if (table === undefined) {
          f.i32(scratch.get(buffer) ?? this.#unplaced(buffer));
        } else {
          const slot = plan.slotOf.get(buffer) ?? this.#unplaced(buffer);
          f.i32(header.arena).load("i32.load");
          this.#place(undefined, table.slot(slot));
          f.op("i32.add");
        }
    }
  }

  /** Pushes a known address, or what the table holds at an offset. */
  #place(known: number | undefined, offset: number | undefined): void {
    const { table } = this.#layout;
    if (table === undefined) this.#f.i32(known!);
    else this.#f.i32(0).load("i32.load", table.committed + offset!);
  }

  #unplaced(buffer: BufferId): never {
    throw new InternalError(`${this.#layout.program.name}: buffer ${buffer} has no place`);
  }

  /** Pushes a size times a constant, as an i32. */
  #size(size: Dim, factor = 1): void {
    const f = this.#f;
    const { table } = this.#layout;
    if (typeof size === "number") {
      f.i32(size * factor);
      return;
    }
    if (table === undefined) throw new InternalError(`${size.key} in a function without symbolic sizes`);
    f.i32(0).load("i32.load", table.committed + table.value(size));
    if (factor !== 1) f.i32(factor).op("i32.mul");
  }

  #contract(contract: Contract): void {
    const f = this.#f;
    const { batch, epilogue } = contract;
    const gemm = declareGemm(this.#context.module, {
      ...describeProduct(contract, this.#context.code),
      ...(epilogue === undefined ? {} : { epilogue: this.#epilogueFunction(epilogue) }),
    });
    if (epilogue !== undefined) this.#storeEpilogueArgs(epilogue);
    if (batch === 1) {
      this.#product(contract, gemm, undefined);
      return;
    }
    const at = f.local("i32");
    countedLoop(f, at, { from: () => f.i32(0), to: () => this.#size(batch), step: 1 }, () => this.#product(contract, gemm, at));
  }

  #convolve({ dtype, computes, batch, geometry, image, filter, result, workspace, epilogue }: Convolve): void {
    const f = this.#f;
    const convolution = declareConvolution(this.#context.module, {
      dtype, code: this.#context.code, computes, geometry, ...(epilogue === undefined ? {} : { epilogue: this.#epilogueFunction(epilogue) }),
    });
    if (epilogue !== undefined) this.#storeEpilogueArgs(epilogue);
    this.#size(batch);
    for (const buffer of [image, filter, result, workspace]) this.#address(buffer);
    f.i32(this.#context.layout.epilogueArgs).call(convolution);
  }

  #product({ dtype, m, n, k, a, b, c, workspace }: Contract, gemm: number, batch: number | undefined): void {
    const f = this.#f;
    const bytes = itemSize[dtype];
    const operand = (matrix: MatrixOperand): void => {
      this.#address(matrix.buffer);
      if (matrix.offset !== 0) {
        this.#size(matrix.offset, bytes);
        f.op("i32.add");
      }
      if (batch !== undefined && matrix.batchStride !== 0) {
        f.get(batch);
        this.#size(matrix.batchStride, bytes);
        f.op("i32.mul").op("i32.add");
      }
      this.#size(unitStride(matrix) === "column" ? matrix.rowStride : matrix.columnStride);
    };
    for (const size of [m, n, k]) this.#size(size);
    operand(a);
    operand(b);
    this.#address(c);
    if (batch !== undefined) {
      f.get(batch);
      this.#size(m, bytes);
      this.#size(n);
      f.op("i32.mul").op("i32.mul").op("i32.add");
    }
    this.#size(n);
    this.#address(workspace);
    f.i32(this.#context.layout.epilogueArgs).call(gemm);
  }

  /** What the epilogue gets beside the rows: its buffers, then its sizes from the third on. */
  #storeEpilogueArgs(epilogue: Launch): void {
    const f = this.#f;
    const pushes = [
      ...epilogue.buffers.map((buffer) => () => this.#address(buffer)),
      ...epilogue.sizes.slice(2).map((size) => () => this.#size(size)),
    ];
    pushes.forEach((push, i) => {
      f.i32(this.#context.layout.epilogueArgs);
      push();
      f.store("i32.store", 4 * i);
    });
  }

  /** (rowBegin, rowEnd, args): calls the kernel; one for each kernel. */
  #epilogueFunction({ kernel }: Launch): number {
    const { module, kernels } = this.#context;
    const target = declareKernel(module, kernel, kernels);
    const key = `epilogue ${target}`;
    let index = kernels.get(key);
    if (index === undefined) {
      index = module.addFunction(`${kernel.name}_rows`, ["i32", "i32", "i32"], [], (f, begin, end, args) => {
        const buffers = kernel.buffers.length;
        for (let i = 0; i < buffers; i++) f.get(args).load("i32.load", 4 * i);
        f.get(begin).get(end);
        for (let i = 2; i < kernel.sizes; i++) f.get(args).load("i32.load", 4 * (buffers + i - 2));
        f.call(target);
      });
      kernels.set(key, index);
    }
    return index;
  }
}
