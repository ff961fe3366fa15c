// Kernels in the dtypes that WebAssembly has: all but f16, for which graphs are refused before there is code.

import type * as ir from "../../../ir/kernel/kernel.ts";
import type { DType } from "../../../ir/types.ts";

export type WasmDType = Exclude<DType, "f16">;

export type Kernel = ir.Kernel<WasmDType>;
export type Instruction = ir.Instruction<WasmDType>;
export type OpInstruction = ir.OpInstruction<WasmDType>;
export type LoadInstruction = ir.LoadInstruction<WasmDType>;
export type LoopInstruction = ir.LoopInstruction<WasmDType>;
export type Carried = ir.Carried<WasmDType>;
