// The WebAssembly byte encoder. A module is built from functions, a function from instructions:
//   const module = new ModuleBuilder();
//   const add = module.addFunction("add", ["i32", "i32"], ["i32"], (f, a, b) => f.get(a).get(b).op("i32.add"));
//   module.exportFunction("add", add);
//   new WebAssembly.Module(module.encode());

export { ByteBuffer } from "./bytes.ts";
export { countedLoop, nonEmptyLoop, type LoopRange } from "./counted-loop.ts";
export { FunctionBuilder, type Label, type Local } from "./function-builder.ts";
export { type EncodeOptions, type MemoryLimits, ModuleBuilder } from "./module-builder.ts";
export type { AtomicOp, LaneMemoryOp, LaneOp, LoadOp, MemoryOp, PlainOp, StoreOp } from "./opcodes.ts";
export type { Signature, ValueType } from "./value-types.ts";
