// A WebAssembly module under construction. Indices of types, functions, places in the table and data segments are known
// when they are declared, so that functions may call each other before they are defined; `encode` writes the bytes.

import { InternalError } from "../../../ir/errors.ts";
import { ByteBuffer } from "./bytes.ts";
import { FunctionBuilder, type Local } from "./function-builder.ts";
import { FUNCREF, type Signature, type ValueType, encodeSignature } from "./value-types.ts";

/** Sizes in pages of 64 KiB. A shared memory must state its maximum. */
export interface MemoryLimits {
  readonly minimum: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

export interface EncodeOptions {
  /** Writes the functions' names into a "name" section, for debuggers and text dumps. */
  readonly names?: boolean;
}

interface FunctionEntry {
  readonly name: string;
  readonly type: number;
  readonly signature: Signature;
  builder: Pick<FunctionBuilder, "encode" | "usesTable"> | undefined;
}

const exportKinds = { function: 0, memory: 2 } as const;

export class ModuleBuilder {
  readonly #types: Signature[] = [];
  readonly #typeIndices = new Map<string, number>();
  readonly #functions: FunctionEntry[] = [];
  /** The function table from place 1 on, and where each function stands in it. */
  readonly #table: number[] = [];
  readonly #places = new Map<number, number>();
  readonly #exports: { name: string; kind: 0 | 2; index: number }[] = [];
  readonly #data: Uint8Array[] = [];
  readonly #customSections: { name: string; bytes: Uint8Array }[] = [];
  #memory: { readonly limits: MemoryLimits; readonly from: readonly [module: string, name: string] | undefined } | undefined;
  #start: number | undefined;
  readonly #later: (() => void)[] = [];

  /** The index of a signature, for call_indirect; equal signatures share one. */
  typeIndex(signature: Signature): number {
    const key = `${signature.params.join()}>${signature.results.join()}`;
    let index = this.#typeIndices.get(key);
    if (index === undefined) {
      index = this.#types.push(signature) - 1;
      this.#typeIndices.set(key, index);
    }
    return index;
  }

  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#setMemory(limits, [module, name]);
  }

  defineMemory(limits: MemoryLimits): void {
    this.#setMemory(limits, undefined);
  }

  /** Gives the function's index, which may be called at once; the body comes with `defineFunction`. */
  declareFunction(name: string, signature: Signature): number {
    const entry: FunctionEntry = { name, type: this.typeIndex(signature), signature, builder: undefined };
    return this.#functions.push(entry) - 1;
  }

  /** Gives a declared function its body: `write` gets the builder and the parameters' locals. */
  defineFunction(index: number, write: (f: FunctionBuilder, ...params: Local[]) => void): void {
    const entry = this.#undefined(index);
    const builder = new FunctionBuilder(entry.signature);
    entry.builder = builder;
    write(builder, ...entry.signature.params.keys());
  }

  /** The same when everything else is defined: for a body that depends on what others ask of it. */
  defineLater(index: number, write: (f: FunctionBuilder, ...params: Local[]) => void): void {
    this.#later.push(() => this.defineFunction(index, write));
  }

  /** Gives a declared function its body as bytes: locals and instructions, with the indices of this module. */
  defineCode(index: number, code: Uint8Array): void {
    this.#undefined(index).builder = { usesTable: false, encode: (out) => out.sized(code) };
  }

  #undefined(index: number): FunctionEntry {
    const entry = this.#functions[index];
    if (entry === undefined) throw new InternalError(`function ${index} is not declared`);
    if (entry.builder !== undefined) throw new InternalError(`function ${entry.name} is defined twice`);
    return entry;
  }

  /** Declares and defines in one; `write` takes as many locals as there are parameters. */
  addFunction<const P extends readonly ValueType[]>(
    name: string,
    params: P,
    results: readonly ValueType[],
    write: (f: FunctionBuilder, ...params: { [K in keyof P]: Local }) => void,
  ): number {
    const index = this.declareFunction(name, { params, results });
    this.defineFunction(index, write as (f: FunctionBuilder, ...params: Local[]) => void);
    return index;
  }

  /** The function's place in the module's table, for call_indirect: never 0, which holds no function. */
  tablePlace(functionIndex: number): number {
    let place = this.#places.get(functionIndex);
    if (place === undefined) {
      place = this.#table.push(functionIndex);
      this.#places.set(functionIndex, place);
    }
    return place;
  }

  /** A data segment that only `memoryInit` copies. */
  addPassiveData(bytes: Uint8Array): number {
    return this.#data.push(bytes) - 1;
  }

  exportFunction(name: string, index: number): void {
    this.#exports.push({ name, kind: exportKinds.function, index });
  }

  exportMemory(name: string): void {
    this.#exports.push({ name, kind: exportKinds.memory, index: 0 });
  }

  /** A function () -> () that runs at the end of each instantiation. */
  setStart(index: number): void {
    this.#start = index;
  }

  addCustomSection(name: string, bytes: Uint8Array): void {
    this.#customSections.push({ name, bytes });
  }

  encode(options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
    for (const define of this.#later.splice(0)) define();
    const out = new ByteBuffer(1 << 16);
    out.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    vectorSection(out, 1, this.#types, encodeSignature);
    const memory = this.#memory;
    const from = memory?.from;
    if (from !== undefined) {
      writeSection(out, 2, (section) => {
        section.u32(1);
        from.forEach((name) => section.name(name));
        section.byte(2);
        encodeLimits(section, memory!.limits);
      });
    }
    vectorSection(out, 3, this.#functions, (section, entry) => section.u32(entry.type));
    const elements = this.#table.length === 0 ? [] : [this.#table];
    const tables = this.#functions.some(({ builder }) => builder?.usesTable === true) ? [this.#table] : elements;
    vectorSection(out, 4, tables, (section, { length }) => {
      section.byte(FUNCREF);
      encodeLimits(section, { minimum: length + 1, maximum: length + 1 });
    });
    vectorSection(out, 5, memory === undefined || from !== undefined ? [] : [memory.limits], encodeLimits);
    vectorSection(out, 7, this.#exports, (section, entry) => {
      section.name(entry.name);
      section.byte(entry.kind);
      section.u32(entry.index);
    });
    const start = this.#start;
    if (start !== undefined) writeSection(out, 8, (section) => section.u32(start));
    vectorSection(out, 9, elements, encodeElements);
    if (this.#data.length > 0) writeSection(out, 12, (section) => section.u32(this.#data.length));
    vectorSection(out, 10, this.#functions, (section, entry) => {
      if (entry.builder === undefined) throw new InternalError(`function ${entry.name} is declared but not defined`);
      entry.builder.encode(section);
    });
    vectorSection(out, 11, this.#data, (section, bytes) => {
      section.u32(1);
      section.sized(bytes);
    });
    for (const { name, bytes } of this.#customSections) {
      writeSection(out, 0, (section) => {
        section.name(name);
        section.append(bytes);
      });
    }
    if (options.names === true) this.#encodeNames(out);
    return out.copy();
  }

  #setMemory(limits: MemoryLimits, from: readonly [module: string, name: string] | undefined): void {
    if (this.#memory !== undefined) throw new InternalError("a module has one memory");
    this.#memory = { limits, from };
  }

  #encodeNames(out: ByteBuffer): void {
    writeSection(out, 0, (section) => {
      section.name("name");
      writeSection(section, 1, (subsection) => {
        subsection.u32(this.#functions.length);
        this.#functions.forEach(({ name }, index) => {
          subsection.u32(index);
          subsection.name(name);
        });
      });
    });
  }
}

function writeSection(out: ByteBuffer, id: number, write: (section: ByteBuffer) => void): void {
  const section = new ByteBuffer(1024);
  write(section);
  out.byte(id);
  out.sized(section.view());
}

function vectorSection<T>(out: ByteBuffer, id: number, entries: readonly T[], encodeEntry: (section: ByteBuffer, entry: T) => void): void {
  if (entries.length === 0) return;
  writeSection(out, id, (section) => {
    section.u32(entries.length);
    for (const entry of entries) encodeEntry(section, entry);
  });
}

function encodeLimits(out: ByteBuffer, limits: MemoryLimits): void {
  if (limits.shared === true && limits.maximum === undefined) throw new InternalError("a shared memory needs a maximum");
  out.byte((limits.maximum === undefined ? 0 : 1) | (limits.shared === true ? 2 : 0));
  out.u32(limits.minimum);
  if (limits.maximum !== undefined) out.u32(limits.maximum);
}

function encodeElements(out: ByteBuffer, functions: readonly number[]): void {
  // Into table 0, from place 1 on: i32.const 1, end.
  out.append([0x00, 0x41, 0x01, 0x0b]);
  out.u32(functions.length);
  for (const index of functions) out.u32(index);
}
