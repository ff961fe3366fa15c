// What the outside must know of a program and its tensors, for signatures.

import { showDim } from "../size.ts";
import type { NamedType, Program } from "./program.ts";
import type { FunctionSignature, TensorSignature } from "./signature.ts";

export function describeFunction({ name, doc, sizes, inputs, outputs }: Program): FunctionSignature {
  return { name, ...(doc === undefined ? {} : { doc }), sizes: [...sizes], inputs: inputs.map(describeTensor), outputs: outputs.map(describeTensor) };
}

export function describeTensor({ name, type, doc }: NamedType): TensorSignature {
  const shape = type.shape.map((dim) => (typeof dim === "number" ? dim : showDim(dim)));
  return { name, dtype: type.dtype, shape, ...(doc === undefined ? {} : { doc }) };
}
