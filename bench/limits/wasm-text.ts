// Hand-written WebAssembly for the limits that Damo is held against, from its text form.

import createWabt from "wabt";

const wabt = await createWabt();

/** Instantiates the module; what it exports are functions of numbers. */
export function instantiate<Name extends string>(text: string): Record<Name, (...args: number[]) => number> & { readonly memory?: WebAssembly.Memory } {
  const module = wabt.parseWat("limit.wat", text, { simd: true, bulk_memory: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return new WebAssembly.Instance(new WebAssembly.Module(buffer as Uint8Array<ArrayBuffer>)).exports as never;
}

export const pageBytes = 65536;
