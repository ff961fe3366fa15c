// What bench/kernels.ts uses of tfjs beside peers/modules.d.ts.

declare module "@tensorflow/tfjs" {
  export function cumsum(x: Tensor, axis: number): Tensor;
  export function gather(x: Tensor, indices: Tensor): Tensor;
  export function cast(x: Tensor, dtype: "int32"): Tensor;
}
