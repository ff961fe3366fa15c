// The memory of a training step beside the bound that its program sets: the most bytes that are live at once, state, inputs,
// outputs and packing buffers included.

import { wasmTarget } from "../../codegen/wasm/index.ts";
import { memoryUse } from "../../passes/memory-use.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";
import type { Finding } from "../figure-worker.ts";
import { defineLenet, lenet } from "../models/lenet.ts";
import { defineMlp, digits } from "../models/mlp.ts";
import { defineResnet, resnet } from "../models/resnet.ts";
import { defineTransformer, transformer } from "../models/transformer.ts";

function overBound(train: unknown, batch: number): number {
  const { functions, state } = traceModel(readDefinitions({ train }));
  const { module, plans } = lowerModule(functions, state, wasmTarget);
  const { planned, bound } = memoryUse(module.programs[0]!, plans[0]!, new Map([["batch", batch]]));
  return planned / bound;
}

export async function measure(): Promise<readonly Finding[]> {
  const steps = {
    "mlp, adam": [defineMlp({ ...digits, optimizer: "adam" }).train, digits.batch],
    lenet: [defineLenet().train, lenet.batch],
    resnet: [defineResnet().train, resnet.batch],
    transformer: [defineTransformer().train, transformer.batch],
  } as const;
  return Object.entries(steps).map(([what, [train, batch]]) => ({ what, value: overBound(train, batch), unit: "times", atMost: 1.15 }));
}
