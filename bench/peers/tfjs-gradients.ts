// What TensorFlow.js needs to train convolutional nets on its WebAssembly backend at its best. As shipped it has no gradient of a
// convolution by its filters, one by the image that is a scalar loop, and slow products with a transposed operand. Here they are made of
// its own fast operations, and registered as its kernels.

import * as tf from "@tensorflow/tfjs";

type Shape4 = readonly [number, number, number, number];

/** Before and after one spatial axis. */
function padsOf(padding: string, size: number, window: number, stride: number, places: number): [number, number] {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") throw new Error(`padding ${padding}`);
  const missing = Math.max(0, (places - 1) * stride + window - size);
  return [missing >> 1, missing - (missing >> 1)];
}

const none: [number, number] = [0, 0];

/** A convolution of the image with the cotangent: batch and channels change places, and the stride becomes a dilation. */
export function filterGradient(x: tf.Tensor, cotangent: tf.Tensor, [height, width, from, to]: Shape4, stride: number, padding: string): tf.Tensor {
  const [, rows, columns] = x.shape as unknown as Shape4;
  const [, placesDown, placesAcross] = cotangent.shape as unknown as Shape4;
  const pads = [none, padsOf(padding, rows, height, stride, placesDown), padsOf(padding, columns, width, stride, placesAcross), none];
  const padded = padding === "valid" ? x : tf.pad(x, pads);
  const image = tf.transpose(padded, [3, 1, 2, 0]);
  const filters = tf.transpose(cotangent, [1, 2, 0, 3]);
  const result = tf.conv2d(image, filters, 1, "valid", "NHWC", stride);
  // Rows and columns that no window reached.
  const cut = result.shape[1] === height && result.shape[2] === width ? result : tf.slice(result, [0, 0, 0, 0], [from, height, width, to]);
  return tf.transpose(cut, [1, 2, 0, 3]);
}

/** A convolution of the cotangent, spread out by the stride, with the filters flipped. */
export function imageGradient(cotangent: tf.Tensor, filters: tf.Tensor, [batch, rows, columns]: Shape4, stride: number, padding: string): tf.Tensor {
  const [height, width] = filters.shape as unknown as Shape4;
  const [, placesDown, placesAcross, to] = cotangent.shape as unknown as Shape4;
  let spread = cotangent;
  if (stride > 1) {
    const apart = tf.pad(tf.reshape(cotangent, [batch * placesDown, 1, placesAcross, 1, to]), [none, [0, stride - 1], none, [0, stride - 1], none]);
    spread = tf.reshape(apart, [batch, placesDown * stride, placesAcross * stride, to]);
  }
  const before = [height - 1 - padsOf(padding, rows, height, stride, placesDown)[0], width - 1 - padsOf(padding, columns, width, stride, placesAcross)[0]] as const;
  const after = [rows + height - 1 - before[0] - placesDown * stride, columns + width - 1 - before[1] - placesAcross * stride] as const;
  if (after[0] < 0 || after[1] < 0) {
    spread = tf.slice(spread, [0, 0, 0, 0], [batch, placesDown * stride + Math.min(0, after[0]), placesAcross * stride + Math.min(0, after[1]), to]);
  }
  const flipped = tf.transpose(tf.reverse(filters, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(spread, flipped, 1, [none, [before[0], Math.max(0, after[0])], [before[1], Math.max(0, after[1])], none]);
}

/** Kernels are given bare tensor records. */
function toTensor(value: tf.Tensor): tf.Tensor {
  if (value instanceof tf.Tensor) return value;
  tf.backend().incRef((value as tf.Tensor).dataId);
  return tf.engine().makeTensorFromTensorInfo(value);
}

const kept = (body: () => tf.Tensor): tf.Tensor => tf.engine().tidy(() => tf.keep(body()));
const strideOf = (strides: number | readonly number[]): number => (typeof strides === "number" ? strides : strides[0]!);

interface ConvolutionAttributes {
  readonly strides: number | readonly number[];
  readonly pad: string;
  readonly filterShape: Shape4;
  readonly inputShape: Shape4;
}

export function registerGradients(): void {
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter", backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const { strides, pad, filterShape } = attrs as unknown as ConvolutionAttributes;
      return kept(() => filterGradient(toTensor(inputs["x"]!), toTensor(inputs["dy"]!), filterShape, strideOf(strides), pad));
    },
  });
  tf.unregisterKernel("Conv2DBackpropInput", "wasm");
  tf.registerKernel({
    kernelName: "Conv2DBackpropInput", backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const { strides, pad, inputShape } = attrs as unknown as ConvolutionAttributes;
      return kept(() => imageGradient(toTensor(inputs["dy"]!), toTensor(inputs["filter"]!), inputShape, strideOf(strides), pad));
    },
  });
  registerTransposedProducts();
}

function registerTransposedProducts(): void {
  const shipped = tf.getKernel("BatchMatMul", "wasm");
  const product = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    tf.engine().makeTensorFromTensorInfo(shipped.kernelFunc({ inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend: tf.backend() }) as tf.Tensor);
  const swapped = (x: tf.Tensor): tf.Tensor => {
    const rank = x.shape.length;
    return tf.transpose(toTensor(x), x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)));
  };
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({
    ...shipped, setupFunc: undefined,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
      const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
      const single = [a, b].every(({ shape }) => shape.slice(0, -2).every((size) => size === 1));
      if (!single || !(transposeA || transposeB)) return shipped.kernelFunc(call);
      return kept(() => product(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b));
    },
  });
}
