// Programs and memory plans as what a model is on WebGPU.

import { describeTensor } from "../../../ir/program/describe-function.ts";
import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { ProgramModule } from "../../../ir/program/program.ts";
import { errorNumbers, firstMessageNumber, fixedMessages } from "../../../ir/program/signature.ts";
import type { WebgpuLimits } from "../target.ts";
import { canFail, emitFunction } from "./function-emitter.ts";
import { controlWords, type GpuPlan } from "./plan.ts";
import { ConstantTable, ShaderTable } from "./shader-table.ts";

/** One memory plan for each program. The programs must have been lowered for `describeWebgpu` of the same limits; their kernels hold base operations only. */
export function emitPlan({ programs, state, messages }: ProgramModule, plans: readonly MemoryPlan[], limits: WebgpuLimits): GpuPlan {
  const [shaders, constants] = [new ShaderTable(), new ConstantTable()];
  const context = { limits, shaders, constants, canFail: programs.some(canFail) };
  const functions = programs.map((program, i) => emitFunction(program, plans[i]!, context));
  return {
    shaders: shaders.shaders, constants: constants.constants, state: state.map(describeTensor), functions: functions.map(({ emitted }) => emitted),
    messages: Object.fromEntries([
      ...[errorNumbers.badSize, errorNumbers.outOfMemory].map((number) => [number, fixedMessages[number]!] as const),
      ...messages.map((text, i) => [firstMessageNumber + i, text] as const),
    ]),
    controlWords: functions.reduce<number>((most, { controlWords: words }) => Math.max(most, words), controlWords.flags),
  };
}
