// The WebAssembly target.

export { type EmitOptions, emitModule } from "./module/index.ts";
export { type CodeVariant, strict } from "./code-variant.ts";
export { explainProduct } from "./gemm/describe-product.ts";
export { wasmTarget, wasmTargetFor } from "./target.ts";
