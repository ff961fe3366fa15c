// Which buffer parameters of a kernel are which bindings of its shaders, and where in them they begin.

import { InternalError } from "../../../ir/errors.ts";
import type { Kernel, ValueId } from "../../../ir/kernel/kernel.ts";
import type { ShaderBuffer } from "../shader.ts";
import { letters, type Lanes, ofLanes } from "./lanes.ts";
import { elementType, type ShaderDType, shaderDType } from "./shader-dtype.ts";

export interface BufferBindings {
  /** The binding of each buffer parameter, 0, 1, ... in order of first use: parameters that are one buffer share it. Absent: one each. */
  readonly bindings?: readonly number[];
  /** How many words of the uniform, after the sizes and in the order of the buffer parameters, add up to the element at which each begins. Absent: none. */
  readonly bases?: readonly number[];
  /** Expressions that loads of buffer parameters give, at whatever offset: what is read alone is then not bound, and its binding is no matter. */
  readonly values?: ReadonlyMap<number, string>;
}

/** Where an element is, if it is not where the offset's value says. */
export interface ElementPlace {
  /** As a u32, in fours where its binding has them. */
  readonly at?: string | undefined;
  /** Which of four it is. */
  readonly component?: string;
}

export class BoundBuffers {
  /** Of each buffer parameter. */
  readonly bindings: readonly number[];
  /** At each binding; u32 where parameters that share one differ. */
  readonly buffers: readonly (ShaderBuffer & { readonly dtype: ShaderDType })[];
  readonly #kernel: Kernel;
  readonly #bases: readonly number[];
  readonly #values: ReadonlyMap<number, string>;

  constructor(kernel: Kernel, { bindings = kernel.buffers.map((_, i) => i), bases = [], values = new Map() }: BufferBindings) {
    this.#kernel = kernel;
    this.bindings = bindings;
    this.#bases = bases;
    this.#values = values;
    const bound: (ShaderBuffer & { readonly dtype: ShaderDType })[] = [];
    for (const [i, { access: declared }] of kernel.buffers.entries()) {
      if (values.has(i) && declared === "read") continue;
      const access = values.has(i) ? "write" : declared;
      const dtype = this.#dtypeOf(i);
      const at = bindings[i]!;
      const known = bound[at];
      if (at > bound.length) throw new InternalError(`kernel ${kernel.name}: buffer ${i} cannot be binding ${at}`);
      // Bits of an integer may not survive as a subnormal float; those of a float do as an integer.
      bound[at] = known === undefined ? { dtype, access } : { dtype: known.dtype === dtype ? dtype : "u32", access: known.access === access ? access : "readwrite" };
    }
    this.buffers = bound;
  }

  /** Whether the kernel stores to a binding. */
  isStored(binding: number): boolean {
    return this.buffers[binding]!.access !== "read";
  }

  /** Names of the words of the uniform. */
  words(): string[] {
    return [...Array.from({ length: this.#kernel.sizes }, (_, i) => `s${i}`), ...this.#bases.flatMap((count, buffer) => baseWords(buffer, count))];
  }

  /** Where the parameters begin, as statements. */
  begins(): string[] {
    return this.#bases.flatMap((count, buffer) => (count === 0 ? [] : [`let base${buffer} = ${baseWords(buffer, count).map((word) => `sizes.${word}`).join(" + ")};`]));
  }

  load(buffer: number, offset: ValueId, at: ElementPlace = {}, lanes: Lanes = 1): string {
    const given = this.#values.get(buffer);
    if (given !== undefined) return given;
    const dtype = this.#dtypeOf(buffer);
    const { text, stored } = this.#element(buffer, offset, at);
    const value = stored === elementType(dtype) ? text : `bitcast<${letters[elementType(dtype)]}>(${text})`;
    return ofLanes(dtype === "bool" ? `${value} != U{0u}` : value, lanes);
  }

  store(buffer: number, offset: ValueId, value: string, at: ElementPlace = {}, lanes: Lanes = 1): string {
    const dtype = this.#dtypeOf(buffer);
    const { text, stored } = this.#element(buffer, offset, at);
    const element = dtype === "bool" ? `U(${value})` : value;
    return ofLanes(`${text} = ${stored === elementType(dtype) ? element : `bitcast<${letters[stored]}>(${element})`};`, lanes);
  }

  /** Whether each of the buffer parameters begins where its binding does. */
  get isWhole(): boolean {
    return this.#bases.every((count) => count === 0);
  }

  #dtypeOf(buffer: number): ShaderDType {
    return shaderDType(this.#kernel.buffers[buffer]!.dtype, this.#kernel.name);
  }

  /** An element of a buffer parameter, and what it is in memory. */
  #element(buffer: number, offset: ValueId, { at, component }: ElementPlace): { readonly text: string; readonly stored: ShaderDType } {
    const binding = this.bindings[buffer]!;
    const hasBase = (this.#bases[buffer] ?? 0) > 0;
    const base = hasBase ? `${at === undefined ? `base${buffer}` : `u32(base${buffer})`} + ` : "";
    return { text: `b${binding}[${base}${at ?? `v${offset}`}]${component === undefined ? "" : `[${component}]`}`, stored: elementType(this.buffers[binding]!.dtype) };
  }
}

/** The words whose sum is where a buffer parameter begins. */
function baseWords(buffer: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `base${buffer}_${i}`);
}
