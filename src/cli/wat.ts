// WebAssembly text, by wabt.

import createWabt from "wabt";

const wabt = await createWabt();

export function toWat(bytes: Uint8Array): string {
  const module = wabt.readWasm(bytes, { readDebugNames: true, simd: true, bulk_memory: true, sign_extension: true, sat_float_to_int: true, relaxed_simd: true } as Parameters<typeof wabt.readWasm>[1]);
  try {
    module.applyNames();
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}
