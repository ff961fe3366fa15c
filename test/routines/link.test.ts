// What the linker takes, and what it refuses: objects with more than functions, damaged bytes, functions of another signature.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { objectOf } from "../../codegen/wasm/runtime/compile-object.ts";
import { type Offered, RoutineLinker } from "../../codegen/wasm/runtime/link.ts";
import { readObject } from "../../codegen/wasm/runtime/read-object.ts";
import { DamoError } from "../../ir/errors.ts";
import { messageOf } from "../error-of.ts";
import { compileFixture, compileText, wabt } from "./objects.ts";

const binary = (text: string): Uint8Array => wabt.parseWat("test.wat", text, { simd: true, bulk_memory: true, multi_value: true, reference_types: true, threads: true, tail_call: true }).toBinary({}).buffer;
const fromText = (text: string) => readObject(objectOf(wabt, binary(text), "test"), "test");
const refusal = (text: string): string => messageOf(() => fromText(text));

const unary = { params: ["i32"], results: ["i32"] } as const;
const nothing: ReadonlyMap<string, Offered> = new Map();

/** Links functions (i32) -> i32 of an object and gives them, and the module's bytes. */
function instantiate(object: ReturnType<typeof readObject>, symbols: readonly string[], offer: (module: ModuleBuilder) => ReadonlyMap<string, Offered> = () => nothing) {
  const module = new ModuleBuilder();
  module.defineMemory({ minimum: 1 });
  // Indices move: a routine's are not those that it had.
  module.addFunction("before", [], [], () => undefined);
  const linker = new RoutineLinker(module, offer(module));
  for (const symbol of symbols) module.exportFunction(symbol, linker.link(object, symbol, unary));
  const bytes = module.encode();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { bytes, linker, call: (name: string, value: number) => (exports[name] as (value: number) => number)(value) };
}

const family = `(module
  (import "env" "memory" (memory 0))
  (func $unused (param i32) (result i32) i32.const 77777)
  (func $double (param i32) (result i32) local.get 0 i32.const 2 i32.mul)
  (func $again (param i32) (result i32) local.get 0 i32.const 2 i32.mul)
  (func (export "four") (param i32) (result i32) local.get 0 call $double call $again)
  (func (export "eight") (param i32) (result i32) local.get 0 call $again call $double call $again)
  (func $even (param i32) (result i32) local.get 0 i32.eqz if (result i32) i32.const 1 else local.get 0 i32.const 1 i32.sub call $odd end)
  (func $odd (export "odd") (param i32) (result i32) local.get 0 i32.eqz if (result i32) i32.const 0 else local.get 0 i32.const 1 i32.sub call $even end))`;

describe("linking", () => {
  it("takes what is reached, each once, equal functions once, and functions that call each other", () => {
    const object = fromText(family);
    const { bytes, linker, call } = instantiate(object, ["four", "eight", "odd"]);
    expect([call("four", 5), call("eight", 5), call("odd", 7), call("odd", 10)]).toEqual([20, 40, 1, 0]);
    // before, double (which again is equal to), four, eight, odd, even
    const functions = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).length;
    expect(functions).toBe(3);
    expect(countFunctions(bytes)).toBe(6);
    const sizes = new Map(linker.routines.map(({ name, bytes: size }) => [name, size]));
    expect(sizes.get("eight")! - sizes.get("four")!).toBe(6);
    expect(countFunctions(instantiate(object, ["four"]).bytes)).toBe(3);
  });

  it("resolves imports to what the module offers, by name and signature", () => {
    const text = `(module (import "damo" "triple" (func $triple (param i32) (result i32))) (func (export "nine") (param i32) (result i32) local.get 0 call $triple call $triple))`;
    const offer = (name: string, results: readonly "i32"[]) => (module: ModuleBuilder): ReadonlyMap<string, Offered> => {
      const index = module.addFunction("triple", ["i32"], results, (f, x) => {
        if (results.length > 0) f.get(x).i32(3).op("i32.mul");
      });
      return new Map([[name, { signature: { params: ["i32"], results }, index: () => index }]]);
    };
    expect(instantiate(fromText(text), ["nine"], offer("triple", ["i32"])).call("nine", 2)).toBe(18);
    expect(messageOf(() => instantiate(fromText(text), ["nine"], offer("other", ["i32"])))).toBe("E708 a routine imports triple, which is not offered: other");
    expect(messageOf(() => instantiate(fromText(text), ["nine"], offer("triple", [])))).toBe("E708 a routine imports triple as (i32) -> (i32), and it is (i32) -> ()");
  });

  it("names the routine that is missing or of another signature", () => {
    const object = fromText(`(module (func (export "f") (param f64) (result i32) i32.const 0))`);
    expect(messageOf(() => instantiate(object, ["g"]))).toBe("E708 the routine g is not among those of its object: f");
    expect(messageOf(() => instantiate(object, ["f"]))).toBe("E708 the routine f is (f64) -> (i32) and should be (i32) -> (i32)");
  });
});

describe("modules with more than functions are refused, by name", () => {
  it.each([
    ["a global", `(global (mut i32) (i32.const 0))`],
    ["a memory", `(memory 1)`],
    ["a table", `(table 1 funcref)`],
    ["a start function", `(func $s) (start $s)`],
    ["static data", `(import "env" "memory" (memory 1)) (data (i32.const 0) "x")`],
  ])("%s", (what, text) => {
    expect(refusal(`(module ${text})`)).toMatch(new RegExp(`^E708 test: (${what} cannot be linked: a routine has functions alone|.*)$`));
    expect(refusal(`(module ${text})`)).toContain(what === "static data" ? "cannot be linked" : what);
  });

  it.each([
    ["a foreign import", `(import "env" "f" (func))`, 'env.f cannot be imported'],
    ["an imported table", `(import "env" "t" (table 1 funcref))`, "env.t cannot be imported"],
    ["an imported global", `(import "env" "g" (global i32))`, "env.g cannot be imported"],
    ["growing memory", `(import "env" "memory" (memory 1)) (func (export "f") (result i32) i32.const 1 memory.grow)`, "uses memory.grow"],
    ["asking for its size", `(import "env" "memory" (memory 1)) (func (export "f") (result i32) memory.size)`, "uses memory.size"],
    ["blocks of several results", `(func (export "f") (result i32) block (result i32 i32) i32.const 1 i32.const 2 end i32.add)`, "test: "],
    ["atomics", `(import "env" "memory" (memory 1 1 shared)) (func (export "f") (result i32) i32.const 0 i32.atomic.load)`, "test: "],
    ["references", `(func (export "f") (result funcref) ref.null func)`, "test: "],
    ["tail calls", `(func $g) (func (export "f") return_call $g)`, "test: "],
  ])("%s", (_, text, message) => {
    expect(refusal(`(module ${text})`)).toMatch(/^E708 /);
    expect(refusal(`(module ${text})`)).toContain(message);
  });

  it("what is no module", () => {
    expect(messageOf(() => objectOf(wabt, Uint8Array.of(1, 2, 3), "junk"))).toMatch(/^E708 junk: /);
    expect(messageOf(() => readObject(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), "junk"))).toBe("E708 junk: it is no WebAssembly module");
  });
});

describe("damaged objects", () => {
  it("never link to a function that an engine refuses without saying so", async () => {
    const bytes = await compileFixture("lines.ts");
    const outcomes = { refused: 0, same: 0, invalid: 0, other: 0 };
    const signature = { params: ["i32", "i32", "i32", "i32", "i32"], results: ["i32"] } as const;
    const link = (object: Uint8Array): Uint8Array => {
      const module = new ModuleBuilder();
      module.defineMemory({ minimum: 1 });
      module.exportFunction("f", new RoutineLinker(module, nothing).link(readObject(object, "damaged"), "order_f32", signature));
      return module.encode();
    };
    const whole = link(bytes).join();
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
      const damaged = cut ? bytes.slice(0, at) : bytes.with(at, bytes[at]! ^ change);
      try {
        const linked = link(damaged);
        outcomes[linked.join() === whole ? "same" : WebAssembly.validate(linked as Uint8Array<ArrayBuffer>) ? "other" : "invalid"]++;
      } catch (error) {
        // Never a TypeError, never a bug of ours.
        expect(error).toBeInstanceOf(DamoError);
        outcomes.refused++;
      }
    }), { numRuns: 3000 });
    expect(outcomes.refused).toBeGreaterThan(1000);
  });

  it("with relocations that are no calls are refused", async () => {
    const object = objectOf(wabt, binary(family), "test");
    const at = indexOf(object, new TextEncoder().encode("reloc.Code")) + "reloc.Code".length;
    // Section index, count, then type, offset and symbol of the first.
    const [type, offset, symbol] = [at + 2, at + 3, at + 4];
    const refused = (place: number, value: number): string => messageOf(() => readObject(object.with(place, value), "test"));
    expect(refused(type, 6)).toBe("E708 test: a relocation of type 6 cannot be linked: a routine refers to functions alone");
    expect(refused(offset, object[offset]! + 1)).toContain("is no call of function");
    expect(refused(offset, 0)).toContain("stands in no function");
    expect(refused(symbol, 99)).toBe("E708 test: a relocation is of symbol 99, which is no function");
    expect(refused(symbol, object[symbol]! ^ 1)).toContain("is no call of function");
  });

  it("name the compiler's complaint", async () => {
    await expect(compileText("export function f(x: i32): i32 { return y; }")).rejects.toThrow(/^E708 text\.ts does not compile:\nERROR TS2304: Cannot find name 'y'\./);
    await expect(compileText("const list: i32[] = []; export function f(x: i32): i32 { list.push(x); return list.length; }")).rejects.toThrow(/^E708 text\.ts uses memory\./);
    const constants = await compileText("const list: StaticArray<i32> = [1, 2, 3]; export function f(x: i32): i32 { return list[x]; }");
    expect(messageOf(() => readObject(constants, "list"))).toMatch(/^E708 list: .* cannot be linked/);
  });
});

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  return bytes.findIndex((_, at) => part.every((byte, i) => bytes[at + i] === byte));
}

/** Of a module that is small enough for lengths of one byte. */
function countFunctions(bytes: Uint8Array): number {
  const module = wabt.readWasm(bytes, { readDebugNames: false });
  return module.toText({ foldExprs: false, inlineExport: false }).match(/\(func \(;/g)!.length;
}
