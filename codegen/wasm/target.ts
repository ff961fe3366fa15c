// WebAssembly with 128-bit SIMD, as the passes see it.

import type { TargetDescription } from "../../ir/target.ts";

export const wasmTarget: TargetDescription = {
  name: "wasm",
  dtypes: ["f32", "f64", "i32", "u32", "i64", "i8", "u8", "bool"],
  lanes: 8,
  lightLanes: 16,
  // Below this a call of the packed kernel costs more than it saves.
  smallContraction: 4096,
  slotAlignment: 64,
  slotPadding: 64,
  contractionWorkspace: () => ({ constant: 1 << 20, perM: 0, perN: 0, perK: 0 }),
};
