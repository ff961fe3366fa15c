// Reads a relocatable WebAssembly object with functions alone (tool-conventions/Linking.md, version 2): types, imports of functions and
// a memory, functions, exports, and where calls stand in the code. Everything else is refused, and so are bytes that do not add up: E708.

import { userError } from "../../../ir/errors.ts";
import { type Signature, type ValueType, valueTypeBytes } from "../encode/value-types.ts";
import { ByteReader } from "./byte-reader.ts";

export interface ObjectFunction {
  /** For debuggers and messages. */
  readonly name: string;
  readonly signature: Signature;
  /** Locals and instructions; absent for an import. */
  readonly code: Uint8Array | undefined;
  /** Where in the code an index of five bytes stands, and the function in the object that it means. */
  readonly calls: readonly { readonly at: number; readonly target: number }[];
}

export interface RoutineObject {
  readonly functions: readonly ObjectFunction[];
  readonly exports: ReadonlyMap<string, number>;
}

/** The module from which routines import what the emitted module offers them. */
export const importModule = "damo";
const linkingVersion = 2;
const symbolTable = 8;
/** The relocation of the operand of `call`. */
const functionIndex = 0;
/** Far more than any routine has: what is linked is walked by recursion. */
const mostFunctions = 4096;

export function refuse(message: string): never {
  throw userError("E708", { message });
}

/** `name` is for messages. */
export function readObject(bytes: Uint8Array, name: string): RoutineObject {
  return new ObjectReader(new ByteReader(bytes, (message) => refuse(`${name}: ${message}`)), name).read();
}

interface Relocation {
  /** From the start of the code section. */
  readonly at: number;
  readonly symbol: number;
}

class ObjectReader {
  readonly #in: ByteReader;
  readonly #name: string;
  readonly #types: Signature[] = [];
  readonly #imports: { readonly name: string; readonly type: number }[] = [];
  readonly #declared: number[] = [];
  readonly #exports = new Map<string, number>();
  readonly #bodies: { readonly start: number; readonly code: Uint8Array }[] = [];
  /** Of functions, by symbol. */
  readonly #symbols: { readonly index: number; readonly name: string }[] = [];
  #relocations: readonly Relocation[] = [];

  constructor(input: ByteReader, name: string) {
    this.#in = input;
    this.#name = name;
  }

  read(): RoutineObject {
    if (!this.#in.startsWith([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])) this.#fail("it is no WebAssembly module");
    for (let previous = 0, index = 0; !this.#in.done; index++) {
      const id = this.#in.byte();
      const content = this.#in.part(this.#in.u32());
      if (id !== 0 && id <= previous) this.#fail(`section ${id} stands after section ${previous}`);
      if (id !== 0) previous = id;
      this.#section(id, content);
    }
    const count = this.#imports.length + this.#declared.length;
    if (count > mostFunctions) this.#fail(`it has ${count} functions, the most are ${mostFunctions}`);
    if (this.#bodies.length !== this.#declared.length) this.#fail(`${this.#declared.length} functions are declared and ${this.#bodies.length} defined`);
    for (const [name, index] of this.#exports) if (index >= count) this.#fail(`export ${name} is of function ${index} among ${count}`);
    return { functions: this.#functions(), exports: this.#exports };
  }

  #fail(message: string): never {
    return refuse(`${this.#name}: ${message}`);
  }

  #section(id: number, content: ByteReader): void {
    switch (id) {
      case 0: this.#custom(content); return;
      case 1: content.each(() => this.#types.push(this.#signature(content))); break;
      case 2: content.each(() => this.#import(content)); break;
      case 3: content.each(() => this.#declared.push(content.u32())); break;
      case 7: content.each(() => this.#export(content)); break;
      case 10: content.each(() => {
        const length = content.u32();
        this.#bodies.push({ start: content.position, code: content.bytes(length) });
      }); break;
      default: this.#fail(`${sectionNames[id] ?? `section ${id}`} cannot be linked: a routine has functions alone`);
    }
    if (!content.done) this.#fail(`section ${id} is longer than what is in it`);
  }

  #signature(content: ByteReader): Signature {
    if (content.byte() !== 0x60) this.#fail("a type is no function type");
    const list = (): ValueType[] => content.list(() => {
      const byte = content.byte();
      return valueTypes.get(byte) ?? this.#fail(`0x${byte.toString(16)} is no type of numbers or vectors`);
    });
    return { params: list(), results: list() };
  }

  #import(content: ByteReader): void {
    const [from, name, kind] = [content.name(), content.name(), content.byte()];
    if (kind === 0 && from === importModule) {
      this.#imports.push({ name, type: content.u32() });
    } else if (kind === 2) {
      const flags = content.byte();
      if (flags > 1) this.#fail(`the memory ${from}.${name} is shared or has 64-bit addresses`);
      for (let i = 0; i <= flags; i++) content.u32();
    } else {
      this.#fail(`${from}.${name} cannot be imported: a routine may import a memory, and functions of "${importModule}"`);
    }
  }

  #export(content: ByteReader): void {
    const [name, kind, index] = [content.name(), content.byte(), content.u32()];
    if (kind === 0) this.#exports.set(name, index);
    else if (kind !== 2) this.#fail(`export ${name} is neither a function nor the memory`);
  }

  #custom(content: ByteReader): void {
    const name = content.name();
    if (name === "linking") {
      const version = content.u32();
      if (version !== linkingVersion) this.#fail(`its linking section has version ${version}, not ${linkingVersion}`);
      while (!content.done) {
        const kind = content.byte();
        const part = content.part(content.u32());
        if (kind === symbolTable) part.each(() => this.#symbol(part));
      }
    } else if (name.startsWith("reloc.")) {
      content.u32();
      if (name.toLowerCase() !== "reloc.code") this.#fail(`${name} cannot be linked: only code is relocated`);
      this.#relocations = content.list(() => {
        const type = content.byte();
        if (type !== functionIndex) this.#fail(`a relocation of type ${type} cannot be linked: a routine refers to functions alone`);
        return { at: content.u32(), symbol: content.u32() };
      });
    }
  }

  #symbol(content: ByteReader): void {
    const [kind, flags, index] = [content.byte(), content.u32(), content.u32()];
    if (kind !== 0) this.#fail(`a symbol of kind ${kind} cannot be linked: a routine has functions alone`);
    const [isUndefined, isNamed] = [(flags & 0x10) !== 0, (flags & 0x40) !== 0];
    this.#symbols.push({ index, name: !isUndefined || isNamed ? content.name() : "" });
  }

  #functions(): ObjectFunction[] {
    const names = new Map(this.#symbols.map(({ index, name }) => [index, name]));
    const signature = (type: number): Signature => this.#types[type] ?? this.#fail(`there is no type ${type}`);
    const imports = this.#imports.map(({ name, type }): ObjectFunction => ({ name, signature: signature(type), code: undefined, calls: [] }));
    const calls = this.#bodies.map((): { at: number; target: number }[] => []);
    for (const { at, symbol } of this.#relocations) {
      const body = this.#bodies.findLastIndex(({ start }) => start <= at);
      const target = this.#symbols[symbol]?.index;
      if (target === undefined || target >= imports.length + this.#bodies.length) this.#fail(`a relocation is of symbol ${symbol}, which is no function`);
      if (body < 0) this.#fail(`a relocation at ${at} stands in no function`);
      const { start, code } = this.#bodies[body]!;
      this.#requireCall(code, at - start, target);
      calls[body]!.push({ at: at - start, target });
    }
    return [...imports, ...this.#declared.map((type, i): ObjectFunction => ({
      name: names.get(imports.length + i) ?? `function${i}`, signature: signature(type), code: this.#bodies[i]!.code, calls: calls[i]!,
    }))];
  }

  /** At the place stands what a relocation may patch: `call`, and the index of five bytes. */
  #requireCall(code: Uint8Array, at: number, target: number): void {
    const call = [0x10, ...[0, 7, 14, 21, 28].map((shift, i) => ((target >>> shift) & 0x7f) | (i < 4 ? 0x80 : 0))];
    if (call.some((byte, i) => code[at - 1 + i] !== byte)) this.#fail(`a relocation at ${at} of a function is no call of function ${target}`);
  }
}

const valueTypes: ReadonlyMap<number, ValueType> = new Map((Object.keys(valueTypeBytes) as ValueType[]).map((type) => [valueTypeBytes[type], type]));

const sectionNames: { readonly [id: number]: string } = { 4: "a table", 5: "a memory", 6: "a global", 8: "a start function", 9: "elements of a table", 11: "static data", 12: "static data", 13: "a tag" };
