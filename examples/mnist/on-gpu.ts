// The classifier on WebGPU, with the interface of bound buffers that training and reading use: arrays on the host that a run copies to the device.

import { compile, fn, input } from "damo";
import { classes, pixels } from "./data.ts";
import type { defineClassifier } from "./model.ts";
import type { Predictor, Trainable } from "./train.ts";

export interface GpuClassifier {
  readonly train: Trainable;
  readonly predict: Predictor;
}

export async function compileForGpu(definitions: ReturnType<typeof defineClassifier>) {
  const model = await compile(definitions, { target: "webgpu" });
  const images = (batch: number) => ({ data: new Float32Array(batch * pixels), shape: [batch, pixels] as const });
  const classifier: GpuClassifier = {
    train: {
      bindBuffers({ batch }) {
        const [x, y, cost] = [images(batch), new Int32Array(batch), new Float32Array(1)];
        return { inputs: { x: x.data, y }, outputs: { cost }, run: async () => cost.set((await model.train({ x, y })).cost.data) };
      },
    },
    predict: {
      bindBuffers({ batch }) {
        const [x, label, probabilities] = [images(batch), new Int32Array(batch), new Float32Array(batch * classes)];
        const run = async (): Promise<void> => {
          const read = await model.predict({ x });
          label.set(read.label.data);
          probabilities.set(read.probabilities.data);
        };
        return { inputs: { x: x.data }, outputs: { label, probabilities }, run };
      },
    },
  };
  return { model, ...classifier };
}

/** What WebGPU runs on here, and whether that is a processor after all. E411 where there is no adapter. */
export async function findAdapter(): Promise<{ readonly name: string; readonly isSoftware: boolean }> {
  const x = input("x", []);
  const probe = await compile(fn({ inputs: { x }, outputs: { y: x.add(1) } }), { target: "webgpu" });
  const name = probe.adapter;
  probe.dispose();
  return { name, isSoftware: /swiftshader|llvmpipe|lavapipe|software/i.test(name) };
}
