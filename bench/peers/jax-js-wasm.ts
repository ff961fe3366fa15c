// jax-js on its WebAssembly device.

import { startEngine } from "./jax-js.ts";

export const engine = await startEngine("wasm", { settle: (done) => done, onDevice: (prepared) => prepared });
