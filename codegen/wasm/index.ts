// The WebAssembly target.

export type { EmitOptions } from "./module/index.ts";
export { emitModule } from "./emit-module.ts";
export { loadAndEmit } from "./load-and-emit.ts";
export { type CodeVariant, strict } from "./code-variant.ts";
export { explainProduct } from "./gemm/describe-product.ts";
export { loadTarget } from "./load-target.ts";
export { wasmTarget, wasmTargetFor } from "./whole-target.ts";
