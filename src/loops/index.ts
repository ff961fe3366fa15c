// `damo/loops`: loops and branches that run inside compiled code, in the forms of functional languages and of Theano.

export { cond, ifelse, switchCase } from "./cond.ts";
export { foldl, foldr, map, reduce } from "./fold.ts";
export { scan, type ScanOptions } from "./scan.ts";
export type { OutputInfo, ScanSequence, ScanStep, StepResult, TheanoScan, TheanoScanResult } from "./theano-types.ts";
export type * from "./types.ts";
export { fori, whileLoop, type WhileOptions } from "./while.ts";
