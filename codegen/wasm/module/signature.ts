// The signature of a module, from its programs.

import { describeFunction, describeTensor } from "../../../ir/program/describe-function.ts";
import type { ProgramModule } from "../../../ir/program/program.ts";
import {
  type Signature, abiVersion, errorNumbers, firstMessageNumber, fixedMessages, formatVersion,
} from "../../../ir/program/signature.ts";
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
    functions: module.programs.map(describeFunction),
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
