// The WebAssembly target.

export { type EmitOptions, emitModule } from "./module/index.ts";
export { wasmTarget } from "./target.ts";
