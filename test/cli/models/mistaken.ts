// Adds shapes that do not broadcast, on line 8: types above it are erased, and the line must stay what it is.

import { fn, input, zeros, type Tensor } from "damo";

interface Erased { readonly by: "the loader"; readonly lines: 1 }
const note: Erased = { by: "the loader", lines: 1 };
const x: Tensor<"f32"> = input("x", [2, 3]);
export const f = fn({ inputs: { x: x as never }, outputs: { y: x.add(zeros([4])) }, name: note.by });
