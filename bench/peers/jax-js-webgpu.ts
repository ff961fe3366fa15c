// jax-js on its WebGPU device, by Dawn.

import { provideGpu, queued } from "../gpu/dawn.ts";
import { startEngine } from "./jax-js.ts";

await provideGpu();

/** A call is queued when its arrays are asked for; whether it is done, they say themselves. */
let running: Promise<void>[] = [];

export const engine = await startEngine("webgpu", {
  settle: (done) => void running.push(done),
  onDevice: (prepared) => queued(prepared, async () => {
    await Promise.all(running);
    running = [];
  }),
});
