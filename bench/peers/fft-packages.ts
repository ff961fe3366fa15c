// Packages that do nothing but Fourier transforms: in JavaScript, in asm.js, and a library in C with vectors, compiled to WebAssembly.

import type { Engine } from "../engine.ts";
import { lineInput } from "../task.ts";

export const fftJs: Engine = {
  async spectrum(task) {
    const { default: FFT } = await import("fft.js");
    const transform = new FFT(task.length);
    const [line, out] = [lineInput(task), transform.createComplexArray()];
    const run = (): void => transform.realTransform(out, line);
    return { run, result: () => (run(), out.slice(0, task.length + 2)) };
  },
};

export const kissfft: Engine = {
  async spectrum(task) {
    const { FFTR } = await import("kissfft-js");
    const transform = new FFTR(task.length);
    const line = lineInput(task);
    const run = (): Float32Array => transform.forward(line);
    return { run: () => void run(), result: run };
  },
};

export const pffft: Engine = {
  async spectrum(task) {
    const { length } = task;
    const { default: create } = await import("@echogarden/pffft-wasm/simd");
    const module = await create();
    const setup = module._pffft_new_setup(length, 0);
    const [from, to, work] = [0, 1, 2].map(() => module._pffft_aligned_malloc(4 * length)) as [number, number, number];
    module.HEAPF32.set(lineInput(task), from / 4);
    const run = (): void => module._pffft_transform_ordered(setup, from, to, work, 0);
    return {
      run,
      /** The last pair, which is real as the first, comes as the first one's imaginary part. */
      result() {
        run();
        const [first, last, ...rest] = module.HEAPF32.subarray(to / 4, to / 4 + length);
        return [first!, 0, ...rest, last!, 0];
      },
    };
  },
};
