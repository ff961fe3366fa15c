// Bytes of a strict module, without weights and custom sections: what the code of a model weighs.

import { build } from "damo";
import type { Finding } from "../figure-worker.ts";
import { defineMlp, digits } from "../models/mlp.ts";

const headerBytes = 8;

/** Of all sections but custom ones (id 0). */
function standardBytes(wasm: Uint8Array): number {
  let total = headerBytes;
  for (let at = headerBytes; at < wasm.length;) {
    const start = at;
    const id = wasm[at++]!;
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = wasm[at++]!;
      size += (byte & 127) * 2 ** shift;
      more = byte >= 128;
    }
    at += size;
    if (id !== 0) total += at - start;
  }
  return total;
}

export async function measure(): Promise<readonly Finding[]> {
  const sizeOf = async (define: () => Parameters<typeof build>[0]): Promise<number> => standardBytes((await build(define(), { weights: "external" })).wasm);
  const of = (optimizer: "sgd" | "adam") => defineMlp({ ...digits, optimizer });
  return [
    { what: "mlp, predict", value: await sizeOf(() => ({ predict: of("sgd").predict })), unit: "bytes", atMost: 6 * 1024 },
    { what: "mlp, train with sgd", value: await sizeOf(() => ({ train: of("sgd").train })), unit: "bytes", atMost: 25 * 1024 },
    { what: "mlp, train with adam", value: await sizeOf(() => ({ train: of("adam").train })), unit: "bytes", atMost: 25 * 1024 },
  ];
}
