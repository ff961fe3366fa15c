// The parts of a bundle, which is a .safetensors file: the length of a JSON header, the header, the data. Counted in bytes.

import { fail, type TypedArray } from "../load-feeds.ts";
import type { BundlePlan } from "./bundle-plan.ts";
import { toDevice } from "./device-data.ts";

export type Source = Uint8Array | ArrayBuffer | URL | string | Response;

interface NodeProcess {
  getBuiltinModule?(name: string): { readFileSync(path: URL | string): Uint8Array<ArrayBuffer> };
}

interface Header {
  readonly [name: string]: { readonly data_offsets: readonly [number, number] };
}

/** The plan of the metadata; variables and constants as the device holds them. E701 for what is no bundle, E702 for what later versions write. */
export async function readBundle(source: Source): Promise<readonly [plan: BundlePlan, stored: readonly TypedArray[]]> {
  let given: unknown = source;
  try {
    if (typeof source === "string" || source instanceof URL) {
      // Node's fetch does not read files.
      const read = /^(http|data:|blob:)/.test(`${source}`) ? undefined : (globalThis as { process?: NodeProcess }).process?.getBuiltinModule;
      given = read ? read("node:fs").readFileSync(source) : await fetch(source);
    }
    const bytes = new Uint8Array((given instanceof Response ? await given.arrayBuffer() : given) as ArrayBuffer);
    const start = 8 + new Uint32Array(bytes.slice(0, 8).buffer)[0]!;
    const { __metadata__: { damo, format }, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.slice(8, start))) as { readonly __metadata__: { readonly damo: string; readonly format: string } };
    if (+format > 1) fail(`E702 format ${format} too new`);
    const plan = JSON.parse(damo) as BundlePlan;
    const data = (name: string): Uint8Array<ArrayBuffer> => {
      const [from, to] = (tensors as unknown as Header)[name]!.data_offsets;
      return bytes.slice(start + from, start + to);
    };
    return [plan, [
      ...plan.state.map(({ name, dtype }) => dtype === "bool" ? toDevice(dtype, data(`state.${name}`)) : data(`state.${name}`)),
      ...[...Array(plan.constants).keys()].map((i) => data(`constant.${i}`)),
    ]];
  } catch (error) {
    return fail((error as { code?: string }).code === "E702" ? (error as Error).message : `E701 not Damo: ${error}`);
  }
}
