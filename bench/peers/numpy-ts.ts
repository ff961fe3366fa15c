// numpy-ts: NumPy's names in TypeScript, with WebAssembly kernels of its own.

import * as np from "numpy-ts";
import type { Engine } from "../engine.ts";
import { type LinearAlgebra, linearAlgebraInputs, lineInput } from "../task.ts";

const work: { readonly [op in LinearAlgebra["op"]]: (a: np.NDArray, b: np.NDArray) => ArrayLike<number> } = {
  cholesky: (a) => np.linalg.cholesky(a).data, solve: (a, b) => np.linalg.solve(a, b).data, qr: (a) => Array.from(np.linalg.qr(a).r.data, Math.abs),
  svd: (a) => np.linalg.svd(a, false).s.data, eigh: (a) => np.linalg.eigh(a).w.data,
};

export const engine: Engine = {
  "linear algebra": (task) => {
    const { a, b } = linearAlgebraInputs(task);
    const dtype = task.dtype === "f32" ? "float32" : "float64";
    const [matrix, right] = [np.array(a.data, dtype).reshape(task.size, task.size), np.array(b.data, dtype)];
    const run = (): ArrayLike<number> => work[task.op](matrix, right);
    return { run: () => void run(), result: run };
  },
  sort(task) {
    const x = np.array(lineInput(task), "float32");
    const run = (): ArrayLike<number> => np.sort(x).data;
    return { run: () => void run(), result: run };
  },
  spectrum(task) {
    const x = np.array(lineInput(task), "float32");
    const run = (): ArrayLike<number> => np.fft.rfft(x).data;
    return { run: () => void run(), result: run };
  },
};
