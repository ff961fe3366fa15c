// What `compile` does for the target `webgpu`; loads when it is asked for.

import { DamoError, userError } from "../../ir/errors.ts";
import type { SourceLocation } from "../../ir/node.ts";
import type { WebgpuOptions } from "../compile-options.ts";
import { exposeWebgpuModel } from "./expose.ts";
import { modelOf, type StateSource, valuesFrom } from "../model.ts";
import { WebgpuModel } from "./model.ts";
import { planFor } from "./plan.ts";
import { limitsOf, openDevice } from "../runtime/webgpu/device.ts";
import { Executor } from "../runtime/webgpu/executor.ts";
import type { TracedModel } from "../trace.ts";

/** Names that functions of a model on WebGPU may not have, beside those that none may have. */
const reservedNames: ReadonlySet<string> = new Set(["adapter", "recover"]);

/** `singles`: which functions give one value. `single`: the model is one function. */
export async function compileForWebgpu(traced: TracedModel, singles: readonly boolean[], single: boolean, options: WebgpuOptions, location: SourceLocation): Promise<object> {
  try {
    const { device: given, source, fastMath } = readWebgpuOptions(options);
    const reserved = traced.functions.find(({ name }) => reservedNames.has(name));
    if (reserved !== undefined && !single) throw userError("E404", { op: "compile", message: `the name ${reserved.name} belongs to the model itself` });
    const open = (): ReturnType<typeof openDevice> => openDevice(given);
    const opened = await open();
    try {
      const plan = await planFor(traced, await limitsOf(opened.device), fastMath);
      const executor = await Executor.open(opened.device, plan, await valuesFrom(source, traced.state));
      return exposeWebgpuModel(new WebgpuModel(traced, open, opened, executor), singles, single);
    } catch (error) {
      opened.release();
      throw error;
    }
  } catch (error) {
    throw error instanceof DamoError ? error.at(location) : error;
  }
}

/** E410 for what another target may be asked for. */
function readWebgpuOptions(options: WebgpuOptions): { readonly device: GPUDevice | undefined; readonly source: StateSource | undefined; readonly fastMath: boolean } {
  const { target: _target, device, stateFrom, fastMath = false, ...rest } = options;
  const refuse = (message: string, hint?: string): never => {
    throw userError("E410", { op: "compile", message, hint });
  };
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) refuse(`${unknown} is no option of the target webgpu`);
  if (typeof fastMath !== "boolean") refuse(`fastMath is ${String(fastMath)}`);
  if (device !== undefined && typeof (device as Partial<GPUDevice>).createBuffer !== "function") refuse("device is not a GPUDevice");
  const source = stateFrom === undefined ? undefined : modelOf(stateFrom);
  if (stateFrom !== undefined && source === undefined) refuse("stateFrom is not a compiled model");
  return { device: device as GPUDevice | undefined, source, fastMath };
}
