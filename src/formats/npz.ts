// NumPy's .npz archives (numpy.savez, savez_compressed): a .npy file for each array.

import type { TensorData } from "../../ir/data.ts";
import { formatNpy, parseNpy } from "./npy.ts";
import { formatZip, parseZip } from "./zip.ts";

const ending = ".npy";

export async function parseNpz(bytes: Uint8Array): Promise<Map<string, TensorData>> {
  const files = [...await parseZip(bytes)].filter(([name]) => name.endsWith(ending));
  return new Map(files.map(([name, data]) => [name.slice(0, -ending.length), parseNpy(data)]));
}

export function formatNpz(tensors: ReadonlyMap<string, TensorData>): Uint8Array<ArrayBuffer> {
  return formatZip(new Map([...tensors].map(([name, tensor]) => [name + ending, formatNpy(tensor)])));
}
