// The public entry `damo/transform`: expressions of one value made into expressions of many, and derivatives in all directions.

export { hessian, hessianVectorProduct, jacobian } from "./jacobian.ts";
export type { JacobianOptions } from "./jacobian-nodes.ts";
export { Lop, Rop, type RopOptions } from "./rop-lop.ts";
export { vectorize } from "./vectorize.ts";
export { vmap, type VmapOptions } from "./vmap.ts";
export type * from "./types.ts";
