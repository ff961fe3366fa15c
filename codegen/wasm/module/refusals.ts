// How f_prepare refuses sizes: the first thing that is wrong is noted with its detail words, and f_prepare looks once, before it
// places anything.

import { errorNumbers } from "../../../ir/program/signature.ts";
import type { ModuleBuilder } from "../encode/index.ts";
import { header } from "./layout.ts";

/** Functions of the module, emitted when they are first asked for. */
export class Refusals {
  readonly #module: ModuleBuilder;
  readonly #functions = new Map<string, number>();

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  /** (error, detail, detail): notes an error, if it is the first. */
  get refuse(): number {
    return this.#once("refuse", () => this.#module.addFunction("refuse", ["i32", "i32", "i32"], [], (f, error, first, second) => {
      f.i32(header.refused).load("i32.load").if(() => f.op("return"));
      f.i32(header.refused).get(error).store("i32.store");
      f.i32(header.errorInfo).get(first).store("i32.store");
      f.i32(header.errorInfo).get(second).store("i32.store", 4);
    }));
  }

  /** (value: i64, detail): refuses what is not in [0, 2^31): elements are addressed with i32 offsets. */
  get count(): number {
    return this.#once("count", () => this.#module.addFunction("check_count", ["i64", "i32"], [], (f, value, detail) => {
      f.get(value).i64(2 ** 31).op("i64.ge_u").if(() => f.i32(errorNumbers.badSize).get(detail).get(value).op("i32.wrap_i64").call(this.refuse));
    }));
  }

  /** (value: i64, address): stores a count. */
  get storeCount(): number {
    return this.#once("store count", () => this.#module.addFunction("store_count", ["i64", "i32"], [], (f, value, address) => {
      f.get(address).get(value).op("i32.wrap_i64").store("i32.store").get(value).i32(-1).call(this.count);
    }));
  }

  /** (value: i64, address): stores what must be an i32. */
  get storeSigned(): number {
    return this.#once("store signed", () => this.#module.addFunction("store_signed", ["i64", "i32"], [], (f, value, address) => {
      f.get(address).get(value).op("i32.wrap_i64").store("i32.store");
      f.get(value).get(value).op("i32.wrap_i64").op("i64.extend_i32_s").op("i64.ne");
      f.if(() => f.i32(errorNumbers.badSize).i32(-1).get(value).op("i32.wrap_i64").call(this.refuse));
    }));
  }

  /** (left: i64, right: i64, error): refuses sizes that differ. */
  get equal(): number {
    return this.#once("equal", () => this.#module.addFunction("check_equal", ["i64", "i64", "i32"], [], (f, left, right, error) => {
      f.get(left).get(right).op("i64.ne");
      f.if(() => f.get(error).get(left).op("i32.wrap_i64").get(right).op("i32.wrap_i64").call(this.refuse));
    }));
  }

  #once(name: string, emit: () => number): number {
    let index = this.#functions.get(name);
    if (index === undefined) this.#functions.set(name, index = emit());
    return index;
  }
}
