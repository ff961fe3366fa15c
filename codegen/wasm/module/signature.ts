// The signature of a module, from its programs.

import type { NamedType, ProgramModule } from "../../../ir/program/program.ts";
import {
  type Signature, type TensorSignature, abiVersion, errorNumbers, firstMessageNumber, fixedMessages, formatVersion,
} from "../../../ir/program/signature.ts";
import { showDim } from "../../../ir/size.ts";
import type { CodeVariant } from "../code-variant.ts";

export interface SignatureOptions {
  readonly weights: Signature["weights"];
  readonly code: CodeVariant;
  readonly build: Signature["build"];
  readonly threads: Signature["threads"];
  readonly routines: Signature["routines"];
}

export function buildSignature(module: ProgramModule, { weights, code, build, threads, routines }: SignatureOptions): Signature {
  const messages: Record<string, string> = { ...fixedMessages };
  if (threads === undefined) delete messages[errorNumbers.threadLost];
  module.messages.forEach((text, i) => (messages[firstMessageNumber + i] = text));
  return {
    format: formatVersion,
    abi: abiVersion,
    functions: module.programs.map(({ name, doc, sizes, inputs, outputs }) => ({
      name, ...(doc === undefined ? {} : { doc }), sizes: [...sizes], inputs: inputs.map(describeTensor), outputs: outputs.map(describeTensor),
    })),
    state: module.state.map(describeTensor),
    weights,
    messages,
    features: [
      "simd128", "bulk-memory", "nontrapping-fptoint", "sign-extension", ...(code.relaxed ? ["relaxed-simd"] : []), ...(threads === undefined ? [] : ["threads"]),
    ],
    build,
    ...(module.prints === undefined ? {} : { prints: module.prints }),
    ...(routines === undefined ? {} : { routines }),
    ...(threads === undefined ? {} : { threads }),
  };
}

function describeTensor({ name, type, doc }: NamedType): TensorSignature {
  const shape = type.shape.map((dim) => (typeof dim === "number" ? dim : showDim(dim)));
  return { name, dtype: type.dtype, shape, ...(doc === undefined ? {} : { doc }) };
}
