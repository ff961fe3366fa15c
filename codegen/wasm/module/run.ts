// f_run: the statements of a program in their order. Addresses and sizes are immediates in a function without symbolic
// sizes, and come from its table otherwise. Where threads share statements, they stand in a function of their own, which
// every thread runs; f_run is thread 0.

import { InternalError } from "../../../ir/errors.ts";
import type { BufferId, Call, Check, Contract, Convolve, Copy, Launch, Log, MatrixOperand, Repeat, Split, Statement } from "../../../ir/program/program.ts";
import { errorNumbers } from "../../../ir/program/signature.ts";
import type { Dim } from "../../../ir/size.ts";
import { itemSize } from "../../../ir/types.ts";
import type { CodeVariant } from "../code-variant.ts";
import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { describeProduct, unitStride } from "../gemm/describe-product.ts";
import { declareGemm } from "../gemm/gemm.ts";
import { type KernelCache, declareKernel } from "../kernel/index.ts";
import type { RoutineEmitter } from "../runtime/emit-call.ts";
import { type ModuleLayout, type ProgramLayout, header } from "./layout.ts";
import type { BodyScope } from "./repeat.ts";
import type { RareEmitters } from "./rare-emitters.ts";
import type { Range, SharedScope, Threads, Together } from "./thread-part.ts";

export interface RunContext {
  readonly module: ModuleBuilder;
  readonly layout: ModuleLayout;
  readonly kernels: KernelCache;
  readonly code: CodeVariant;
  readonly parts: RareEmitters;
  readonly routines: RoutineEmitter | undefined;
  readonly externalWeights: boolean;
  /** Of a module for threads. */
  readonly threads: Threads | undefined;
}

/** The index of the function: () -> i32. */
export function emitRun(context: RunContext, program: ProgramLayout): number {
  const { module, layout, parts, threads } = context;
  const { name, threads: most } = program.program;
  const part = threads === undefined || most === undefined ? undefined : emitPart(context, program, threads);
  const index = module.declareFunction(`${name}_run`, { params: [], results: ["i32"] });
  module.defineFunction(index, (f) => {
    if (layout.log !== undefined) parts.log?.emitEmptyLog(f, layout.log);
    const emitter = new RunEmitter(context, program, f, undefined);
    emitter.emitGuards();
    if (threads !== undefined && part !== undefined) threads.emitStep(emitter.sharedScope(), part);
    for (const statement of program.program.body) emitter.emitStatement(statement);
    f.i32(errorNumbers.ok);
  });
  return index;
}

/** (thread, threads) -> i32: what one of several threads does of the program. */
function emitPart({ module, ...context }: RunContext, program: ProgramLayout, threads: Threads): number {
  const index = module.declareFunction(`${program.program.name}_part`, { params: ["i32", "i32"], results: ["i32"] });
  module.defineFunction(index, (f, id, count) => threads.emitPart(new RunEmitter({ module, ...context }, program, f, id).sharedScope(), id, count));
  threads.parts.push(index);
  return index;
}

class RunEmitter {
  readonly #context: RunContext;
  readonly #layout: ProgramLayout;
  readonly #f: FunctionBuilder;
  /** Addresses of slices and carried values, in the loops that are open. */
  readonly #pointers = new Map<BufferId, Local>();
  /** The number of the thread, in a part. */
  readonly #thread: Local | undefined;

  constructor(context: RunContext, layout: ProgramLayout, f: FunctionBuilder, thread: Local | undefined) {
    this.#context = context;
    this.#layout = layout;
    this.#f = f;
    this.#thread = thread;
  }

  /** Returns an error if the function cannot run yet. */
  emitGuards(): void {
    const f = this.#f;
    const { table } = this.#layout;
    if (table !== undefined) {
      f.i32(table.prepared).load("i32.load").op("i32.eqz").if(() => f.i32(errorNumbers.unprepared).op("return"));
    }
    if (this.#context.externalWeights) {
      f.i32(header.weightsLoaded).load("i32.load").op("i32.eqz").if(() => f.i32(errorNumbers.weightsMissing).op("return"));
    }
  }

  /** What is emitted around the statements where threads share them. */
  sharedScope(): SharedScope {
    return {
      f: this.#f, body: this.#layout.program.body, size: (size) => this.#size(size), address: (buffer) => this.#address(buffer),
      statement: (statement, range) => this.emitStatement(statement, range), errorInfo: (check) => this.#storeErrorInfo(check),
      repeat: (repeat, together) => this.#repeat(repeat, together),
    };
  }

  #body(body: readonly Statement[]): void {
    for (const statement of body) this.emitStatement(statement);
  }

  /** Runs the statement, or the part of it that a range covers. */
  emitStatement(statement: Statement, range?: Range): void {
    const f = this.#f;
    switch (statement.kind) {
      case "launch":
        for (const buffer of statement.buffers) this.#address(buffer);
        if (range !== undefined) f.get(range.begin).get(range.end);
        for (const size of range === undefined ? statement.sizes : statement.sizes.slice(2)) this.#size(size);
        f.call(this.#kernel(statement));
        break;
      case "contract": this.#contract(statement, range); break;
      case "convolve": this.#convolve(statement, range); break;
      case "call": this.#call(statement, range); break;
      case "copy": this.#copy(statement, range); break;
      case "if":
        this.#address(statement.condition);
        f.load("i32.load8_u").if(() => this.#body(statement.then), () => this.#body(statement.otherwise));
        break;
      case "repeat": this.#repeat(statement); break;
      case "log": this.#log(statement); break;
      case "check":
        this.#address(statement.flag);
        f.load("i32.load").if(() => {
          this.#storeErrorInfo(statement);
          f.i32(statement.error).op("return");
        });
    }
  }

  #repeat(repeat: Repeat, together?: Together): void {
    required(this.#context.parts.emitRepeat, "loops")(repeat, { ...this.#bodyScope(), ...together });
  }

  #log(statement: Log): void {
    const { parts: { log }, layout } = this.#context;
    required(log, "prints").emitLog(statement, layout.log!, this.#bodyScope());
  }

  /** What statements with bodies need. */
  #bodyScope(): BodyScope {
    return {
      f: this.#f, buffers: this.#layout.program.buffers, pointers: this.#pointers,
      address: (buffer) => this.#address(buffer), size: (size, factor) => this.#size(size, factor), body: (body) => this.#body(body),
    };
  }

  #call(call: Call, range: Range | undefined): void {
    required(this.#context.routines, "routines").emitCall(call, {
      f: this.#f, range, dtype: (buffer) => this.#layout.program.buffers[buffer]!.dtype,
      address: (buffer) => this.#address(buffer), size: (size, factor) => this.#size(size, factor), workspace: (owner) => this.#workspace(owner),
    });
  }

  #storeErrorInfo({ flag }: Check): void {
    for (const word of [0, 4]) {
      this.#f.i32(header.errorInfo);
      this.#address(flag);
      this.#f.load("i32.load", word + 4).store("i32.store", word);
    }
  }

  #copy({ from, to }: Copy, range: Range | undefined): void {
    const f = this.#f;
    const { elements, dtype } = this.#layout.program.buffers[from]!;
    for (const buffer of [to, from]) {
      this.#address(buffer);
      if (range !== undefined) f.get(range.begin).i32(itemSize[dtype]).op("i32.mul").op("i32.add");
    }
    if (range === undefined) this.#size(elements, itemSize[dtype]);
    else f.get(range.end).get(range.begin).op("i32.sub").i32(itemSize[dtype]).op("i32.mul");
    f.memoryCopy();
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
          this.#place(undefined, table.slot(plan.slotOf.get(buffer) ?? this.#unplaced(buffer)));
        }
    }
  }

  /** Pushes a known address, or that in a word of the table. */
  #place(known: number | undefined, word: number | undefined): void {
    if (word === undefined) this.#f.i32(known!);
    else this.#f.i32(0).load("i32.load", word);
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
    f.i32(0).load("i32.load", table.value(size));
    if (factor !== 1) f.i32(factor).op("i32.mul");
  }

  #contract(contract: Contract, range: Range | undefined): void {
    const f = this.#f;
    const { batch, epilogue } = contract;
    const gemm = declareGemm(this.#context.module, { ...describeProduct(contract, this.#context.code), ...sizesOfParts(contract) });
    if (epilogue !== undefined) this.#storeEpilogueArgs(epilogue, range);
    if (batch === 1) {
      this.#product(contract, gemm, undefined, range);
      return;
    }
    const at = f.local("i32");
    const whole = range?.axis === "batch" ? undefined : range;
    const [from, to] = range === undefined || whole !== undefined
      ? [() => f.i32(0), () => this.#size(batch)] : [() => f.get(range.begin), () => f.get(range.end)];
    countedLoop(f, at, { from, to, step: 1 }, () => this.#product(contract, gemm, at, whole));
  }

  /** A range is of images, or of the taps or channels of a filter's gradient. */
  #convolve(convolve: Convolve, range: Range | undefined): void {
    const f = this.#f;
    const { dtype, computes, batch, geometry, image, filter, result, epilogue, split } = convolve;
    const { module, parts } = this.#context;
    const ofPart = split !== undefined && split.axis !== "batch";
    const images = ofPart ? undefined : range;
    const convolution = required(parts.declareConvolution, "convolutions")(module, {
      dtype, code: this.#context.code, computes, geometry, ofPart, ...(epilogue === undefined ? {} : { epilogue: this.#epilogueFunction(epilogue) }),
    });
    if (epilogue !== undefined) this.#storeEpilogueArgs(epilogue, range);
    const skip = (shape: readonly number[]): void => {
      if (images !== undefined) f.get(images.begin).i32(shape.reduce((product, size) => product * size, itemSize[dtype])).op("i32.mul").op("i32.add");
    };
    if (images === undefined) this.#size(batch);
    else f.get(images.end).get(images.begin).op("i32.sub");
    this.#address(image);
    skip([...geometry.image, geometry.channels]);
    this.#address(filter);
    this.#address(result);
    skip([...geometry.counts, geometry.outputs]);
    this.#workspace(convolve);
    this.#epilogueArgs();
    if (ofPart && range === undefined) {
      f.i32(0);
      this.#size(split.extent);
    } else if (ofPart) f.get(range!.begin).get(range!.end);
    f.call(convolution);
  }

  /** Pushes the address of this thread's workspace. */
  #workspace({ workspace, workspaceStride }: Pick<Contract, "workspace" | "workspaceStride">): void {
    this.#address(workspace);
    if (workspaceStride === undefined || this.#thread === undefined) return;
    this.#f.get(this.#thread);
    this.#size(workspaceStride);
    this.#f.op("i32.mul").op("i32.add");
  }

  #product(contract: Contract, gemm: number, batch: number | undefined, range: Range | undefined): void {
    const { dtype, m, n, k, a, b, c, epilogue } = contract;
    const f = this.#f;
    const bytes = itemSize[dtype];
    /** Adds `begin * stride` elements where the range is of this axis. */
    const skip = (axis: Split["axis"], ...strides: readonly Dim[]): void => {
      if (range?.axis !== axis) return;
      f.get(range.begin).i32(bytes).op("i32.mul");
      for (const stride of strides) {
        this.#size(stride);
        f.op("i32.mul");
      }
      f.op("i32.add");
    };
    const extent = (axis: Split["axis"], size: Dim): void => {
      if (range?.axis === axis) f.get(range.end).get(range.begin).op("i32.sub");
      else this.#size(size);
    };
    const operand = (matrix: MatrixOperand, skipTo: () => void): void => {
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
      skipTo();
      this.#size(unitStride(matrix) === "column" ? matrix.rowStride : matrix.columnStride, bytes);
    };
    extent("rows", m);
    extent("columns", n);
    this.#size(k);
    operand(a, () => skip("rows", a.rowStride));
    operand(b, () => skip("columns", b.columnStride));
    this.#address(c);
    if (batch !== undefined) {
      f.get(batch);
      this.#size(m, bytes);
      this.#size(n);
      f.op("i32.mul").op("i32.mul").op("i32.add");
    }
    skip("rows", n);
    skip("columns");
    this.#size(n, bytes);
    this.#workspace(contract);
    if (epilogue === undefined) {
      f.i32(0).i32(0);
    } else {
      f.i32(this.#context.module.tablePlace(this.#epilogueFunction(epilogue)));
      this.#epilogueArgs();
    }
    f.call(gemm);
  }

  /** Pushes the address of this thread's block of arguments. */
  #epilogueArgs(): void {
    const { epilogueArgs, epilogueArgsStride } = this.#context.layout;
    this.#f.i32(epilogueArgs);
    if (this.#thread !== undefined) this.#f.get(this.#thread).i32(epilogueArgsStride).op("i32.mul").op("i32.add");
  }

  /** What the epilogue gets beside the rows: in a module for threads the first row of the part, then its buffers and its sizes from the third on. */
  #storeEpilogueArgs(epilogue: Launch, range: Range | undefined): void {
    const f = this.#f;
    const firstRow = (): void => {
      if (range === undefined) f.i32(0);
      else f.get(range.begin);
    };
    const pushes = [
      ...(this.#context.threads === undefined ? [] : [firstRow]),
      ...epilogue.buffers.map((buffer) => () => this.#address(buffer)),
      ...epilogue.sizes.slice(2).map((size) => () => this.#size(size)),
    ];
    pushes.forEach((push, i) => {
      this.#epilogueArgs();
      push();
      f.store("i32.store", 4 * i);
    });
  }

  /** (rowBegin, rowEnd, args): calls the kernel; one for each kernel. */
  #epilogueFunction({ kernel }: Launch): number {
    const { module, kernels, threads } = this.#context;
    const target = declareKernel(module, kernel, kernels, true);
    const key = `epilogue ${target}`;
    let index = kernels.get(key);
    if (index === undefined) {
      index = module.addFunction(`${kernel.name}_rows`, ["i32", "i32", "i32"], [], (f, begin, end, args) => {
        const buffers = kernel.buffers.length;
        const first = threads === undefined ? 0 : 1;
        const word = (at: number): FunctionBuilder => f.get(args).load("i32.load", 4 * at);
        for (let i = 0; i < buffers; i++) word(first + i);
        for (const row of [begin, end]) {
          f.get(row);
          if (threads !== undefined) word(0).op("i32.add");
        }
        for (let i = 2; i < kernel.sizes; i++) word(first + buffers + i - 2);
        f.call(target);
      });
      kernels.set(key, index);
    }
    return index;
  }
}

/** The sizes of a part are not those of the whole: which of its paths is taken is seen at run time. */
function sizesOfParts({ split }: Contract): { readonly m?: undefined; readonly n?: undefined } {
  return split?.axis === "rows" ? { m: undefined } : split?.axis === "columns" ? { n: undefined } : {};
}

/** What is handed in for programs that need it. */
function required<T>(emitter: T | undefined, what: string): T {
  if (emitter === undefined) throw new InternalError(`a program with ${what} is emitted without their emitter`);
  return emitter;
}
