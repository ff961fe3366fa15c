// Matrices whose factorizations are well separated, by the number of the case.
import { allocateTensor, elementCount, type TensorData } from "../../ir/data.ts";
import { generatedInput } from "../ir/random-graph.ts";

export interface RandomMatrix {
  readonly shape: readonly number[];
  /** `positive` definite, a lower `factor` with a large diagonal (both triangles filled), `turning`: with a conjugate pair of eigenvalues. */
  readonly kind: "general" | "small" | "symmetric" | "positive" | "factor" | "turning";
}

export function randomMatrix({ shape, kind }: RandomMatrix, seed: number): TensorData<"f64"> {
  const result = allocateTensor("f64", shape);
  // Moved off the round numbers that are generated: signs of vectors must not hang on a tie.
  const raw = (generatedInput("f64", shape as number[], seed).data as Float64Array).map((value, at) => value + 0.1 * Math.sin(at + 1));
  if (kind === "general" || kind === "small") {
    result.data.set(raw.map((value) => (kind === "small" ? 0.1 : 1) * value));
    return result;
  }
  const n = shape.at(-1)!;
  for (let start = 0; start < elementCount(shape); start += n * n) {
    const at = (i: number, j: number): number => raw[start + i * n + j]!;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) result.data[start + i * n + j] = entry(kind, at, i, j, n);
    }
  }
  return result;
}

function entry(kind: RandomMatrix["kind"], at: (i: number, j: number) => number, i: number, j: number, n: number): number {
  const own = Number(i === j);
  switch (kind) {
    case "symmetric": return (at(i, j) + at(j, i)) / 2 + 2 * own * i;
    case "positive": {
      let sum = own;
      for (let k = 0; k < n; k++) sum += at(i, k) * at(j, k);
      return sum;
    }
    case "factor": return at(i, j) / 2 + 2 * own;
    default: return at(i, j) / 4 + (i === 0 && j === 1 ? 2 : i === 1 && j === 0 ? -2 : 0) + 3 * own * Number(i > 1);
  }
}
