// Layouts of images and filters, for peers that put channels first.

/** A row-major array with its axes in another order. */
export function permute(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]!) strides[axis] = stride;
  const sizes = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  const index = new Array<number>(sizes.length).fill(0);
  for (let at = 0, from = 0; at < data.length; at++) {
    result[at] = data[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += steps[axis]!;
      if (index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** Orders of axes: [batch, height, width, channels] to [batch, channels, height, width] and back; filters [height, width, in, out] to
 *  [out, in, height, width] and back. */
export const imagesFirst = [0, 3, 1, 2];
export const imagesLast = [0, 2, 3, 1];
export const filtersFirst = [3, 2, 0, 1];
export const filtersLast = [2, 3, 1, 0];

export const reorder = (shape: readonly number[], order: readonly number[]): number[] => order.map((axis) => shape[axis]!);
