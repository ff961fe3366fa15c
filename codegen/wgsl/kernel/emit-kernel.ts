// A kernel as a compute shader. Loops accumulate in the order that the kernel fixes; bools are one u32 an element in memory.

import { InternalError } from "../../../ir/errors.ts";
import type { Carried, Instruction, Kernel, LoopInstruction, OpInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { type CombineOp, identityOf, isBaseOp, type MathOp } from "../../../ir/kernel/scalar.ts";
import { normalize } from "../../../ir/kernel/scalar-meaning.ts";
import { oneWorkgroup, type Shader, type ShaderBuffer, type ShaderSequence } from "../shader.ts";
import { builtInMath } from "./built-in-math.ts";
import { defineFunctions, type FunctionName } from "./functions.ts";
import { chooseGrid, type Grid, groupSize } from "./grid.ts";
import { scalarForms } from "./scalar-ops.ts";
import { constantText, elementType, type ShaderDType, shaderDType } from "./shader-dtype.ts";

export interface KernelShaderOptions {
  /** Of the device: maxStorageBuffersPerShaderStage. */
  readonly storageBuffers: number;
  /** The binding of each buffer parameter, 0, 1, ... in order of first use: parameters that are one buffer share it. Absent: one each. */
  readonly bindings?: readonly number[];
}

/** Math functions must have been expanded, but for those of `fast-math`. The words of the uniform are the kernel's sizes. */
export function emitKernel(kernel: Kernel, options: KernelShaderOptions): ShaderSequence {
  return { shaders: [new KernelEmitter(kernel, options).run()], workspaceBytes: 0 };
}

class KernelEmitter {
  readonly #kernel: Kernel;
  readonly #bindings: readonly number[];
  readonly #buffers: readonly (ShaderBuffer & { readonly dtype: ShaderDType })[];
  readonly #dtypes = new Map<ValueId, ShaderDType>();
  readonly #functions = new Set<FunctionName>();
  readonly #lines: string[] = [];
  #indent = "  ";
  #needsZero = false;

  constructor(kernel: Kernel, { storageBuffers, bindings = kernel.buffers.map((_, i) => i) }: KernelShaderOptions) {
    this.#kernel = kernel;
    this.#bindings = bindings;
    this.#buffers = this.#bind();
    if (this.#buffers.length > storageBuffers) throw new InternalError(`kernel ${kernel.name} has ${this.#buffers.length} buffers, the device takes ${storageBuffers}`);
  }

  run(): Shader {
    const { name, sizes, body } = this.#kernel;
    const grid = chooseGrid(this.#kernel, (buffer) => this.#bindings[buffer]!);
    if (grid === undefined) this.#body(body);
    else this.#shareOut(body, grid);
    const words = Array.from({ length: sizes }, (_, i) => `s${i}: i32`).join(", ");
    const lines = this.#lines.join("\n");
    const code = [
      ...this.#buffers.map(({ dtype }, i) => `@group(0) @binding(${i}) var<storage, read_write> b${i}: array<${elementType(dtype)}>;`),
      ...(sizes > 0 ? [`struct Sizes { ${words} }`, `@group(0) @binding(${this.#buffers.length}) var<uniform> sizes: Sizes;`] : []),
      ...defineFunctions(this.#functions),
      "",
      `@compute @workgroup_size(${grid === undefined ? 1 : groupSize})`,
      "fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {",
      ...(this.#needsZero ? ["  let zero = count.x >> 30u;"] : []),
      lines,
      "}",
    ].join("\n");
    const along = grid === undefined ? oneWorkgroup : { ...grid.extent, per: groupSize };
    return { name, code, sizes, workgroups: [along, oneWorkgroup, oneWorkgroup], buffers: this.#buffers };
  }

  /** What is bound: parameters that share a binding are one buffer, read and written. */
  #bind(): (ShaderBuffer & { readonly dtype: ShaderDType })[] {
    const bound: (ShaderBuffer & { readonly dtype: ShaderDType })[] = [];
    for (const [i, parameter] of this.#kernel.buffers.entries()) {
      const dtype = shaderDType(parameter.dtype, this.#kernel.name);
      const at = this.#bindings[i]!;
      const known = bound[at];
      if (at > bound.length || (known !== undefined && known.dtype !== dtype)) throw new InternalError(`kernel ${this.#kernel.name}: buffer ${i} cannot be binding ${at}`);
      bound[at] = { dtype, access: known === undefined || known.access === parameter.access ? parameter.access : "readwrite" };
    }
    return bound;
  }

  #line(text: string): void {
    this.#needsZero ||= text.includes("| zero)");
    this.#lines.push(this.#indent + text);
  }

  #block(head: string, write: () => void): void {
    const outer = this.#indent;
    this.#line(`${head} {`);
    this.#indent += "  ";
    write();
    this.#indent = outer;
    this.#line("}");
  }

  #dtypeOf(id: ValueId): ShaderDType {
    const dtype = this.#dtypes.get(id);
    if (dtype === undefined) throw new InternalError(`kernel ${this.#kernel.name}: %${id} is not defined`);
    return dtype;
  }

  #define(id: ValueId, dtype: ShaderDType, value: string, as: "let" | "var" = "let"): void {
    this.#dtypes.set(id, dtype);
    this.#line(`${as} v${id} = ${value};`);
  }

  /** The loops of the grid as one range, in strides of the whole grid. */
  #shareOut(body: readonly Instruction[], { loops }: Grid): void {
    const values = (level: readonly Instruction[]): void => this.#body(level.filter(({ kind }) => kind !== "loop"));
    const extents = loops.map(({ extent }) => `u32(v${extent})`);
    values(body);
    this.#line(`let total = ${extents.join(" * ")};`);
    this.#block(`for (var at = id.x; at < total; at += count.x * ${groupSize}u)`, () => {
      loops.forEach((loop, i) => {
        const inner = extents.slice(i + 1);
        const quotient = inner.length === 0 ? "at" : inner.length === 1 ? `at / ${inner[0]}` : `at / (${inner.join(" * ")})`;
        this.#define(loop.index, "i32", `i32(${i === 0 ? quotient : `${quotient} % ${extents[i]}`})`);
        if (i === loops.length - 1) this.#body(loop.body);
        else values(loop.body);
      });
    });
  }

  #body(body: readonly Instruction[]): void {
    for (const instruction of body) this.#instruction(instruction);
  }

  #instruction(instruction: Instruction): void {
    switch (instruction.kind) {
      case "constant": {
        const dtype = shaderDType(instruction.dtype, this.#kernel.name);
        this.#define(instruction.id, dtype, constantText(Number(instruction.value), dtype));
        break;
      }
      case "size": this.#define(instruction.id, "i32", `sizes.s${instruction.parameter}`); break;
      case "op": this.#define(instruction.id, shaderDType(instruction.dtype, this.#kernel.name), this.#operation(instruction)); break;
      case "load": {
        const binding = this.#bindings[instruction.buffer]!;
        const { dtype } = this.#buffers[binding]!;
        this.#define(instruction.id, dtype, `b${binding}[v${instruction.offset}]${dtype === "bool" ? " != 0u" : ""}`);
        break;
      }
      case "store": {
        const binding = this.#bindings[instruction.buffer]!;
        const value = `v${instruction.value}`;
        this.#line(`b${binding}[v${instruction.offset}] = ${this.#buffers[binding]!.dtype === "bool" ? `u32(${value})` : value};`);
        break;
      }
      case "loop": this.#loop(instruction);
    }
  }

  #operation({ op, dtype, args }: OpInstruction): string {
    if (!isBaseOp(op)) return this.#builtIn(op, args);
    const from = this.#dtypeOf(args[op === "select" ? 1 : 0]!);
    return scalarForms[op]({ from, to: shaderDType(dtype, this.#kernel.name), args: args.map((arg) => `v${arg}`), use: this.#use });
  }

  #builtIn(op: MathOp, args: readonly ValueId[]): string {
    const name = builtInMath[op];
    if (name === undefined) throw new InternalError(`kernel ${this.#kernel.name}: ${op} is not expanded`);
    return `${name}(${args.map((arg) => `v${arg}`).join(", ")})`;
  }

  readonly #use = (name: FunctionName): FunctionName => {
    this.#functions.add(name);
    return name;
  };

  #combine(op: CombineOp, dtype: ShaderDType, a: string, b: string): string {
    return scalarForms[op]({ from: dtype, to: dtype, args: [a, b], use: this.#use });
  }

  /** Carried values are variables named as their results; with lanes, arrays that are joined after the loop. */
  #loop({ index, extent, lanes, carried, body }: LoopInstruction): void {
    const dtypeOf = ({ dtype }: Carried): ShaderDType => shaderDType(dtype, this.#kernel.name);
    const held = ({ result }: Carried): string => (lanes === 1 ? `v${result}` : `lanes${result}[v${index} % ${lanes}]`);
    for (const value of carried) {
      const dtype = dtypeOf(value);
      if (lanes === 1) this.#define(value.result, dtype, `v${value.init}`, "var");
      else this.#startLanes(value, dtype, lanes);
    }
    this.#dtypes.set(index, "i32");
    this.#block(`for (var v${index} = 0; v${index} < v${extent}; v${index}++)`, () => {
      for (const value of carried) this.#define(value.current, dtypeOf(value), held(value));
      this.#body(body);
      for (const value of carried) this.#line(`${held(value)} = v${value.next};`);
    });
    if (lanes > 1) for (const value of carried) this.#joinLanes(value, dtypeOf(value), lanes);
  }

  #startLanes({ result, combine }: Carried, dtype: ShaderDType, lanes: number): void {
    if (combine === undefined) throw new InternalError(`kernel ${this.#kernel.name}: lanes without combine`);
    this.#line(`let identity${result} = ${constantText(Number(normalize(identityOf(combine, dtype), dtype)), dtype)};`);
    this.#line(`var lanes${result} = array<${dtype}, ${lanes}>(${Array.from({ length: lanes }, () => `identity${result}`).join(", ")});`);
  }

  /** Upper half onto lower half until one is left; the initial value comes first. */
  #joinLanes({ result, init, combine }: Carried, dtype: ShaderDType, lanes: number): void {
    this.#block(`for (var half = ${lanes / 2}; half > 0; half /= 2)`, () => {
      this.#block("for (var lane = 0; lane < half; lane++)", () => {
        this.#line(`let low = lanes${result}[lane];`);
        this.#line(`let high = lanes${result}[lane + half];`);
        this.#line(`lanes${result}[lane] = ${this.#combine(combine!, dtype, "low", "high")};`);
      });
    });
    this.#line(`let joined${result} = lanes${result}[0];`);
    this.#define(result, dtype, this.#combine(combine!, dtype, `v${init}`, `joined${result}`));
  }
}
