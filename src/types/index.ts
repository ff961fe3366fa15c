// The type-level rules in one place. The package exports them all, so that tsc can name an inferred type when it emits
// declarations for a user's generic code.

export type * from "./assign.ts";
export type * from "./axes.ts";
export type * from "./broadcast.ts";
export type * from "./combine.ts";
export type * from "./contract.ts";
export type * from "./dtype.ts";
export type * from "./einsum.ts";
export type * from "./function.ts";
export type * from "./gpu.ts";
export type * from "./indexing.ts";
export type * from "./join.ts";
export type * from "./message.ts";
export type * from "./network.ts";
export type * from "./reshape.ts";
export type * from "./shape.ts";
export type * from "./value.ts";
export type * from "./window.ts";
