// The parts of a bundle, which is a .safetensors file: the length of a JSON header, the header, the data. Counted in bytes.

import { fail } from "../load-feeds.ts";
import type { BundlePlan } from "./bundle-plan.ts";

export type Source = Uint8Array | ArrayBuffer | URL | string | Response;

interface NodeProcess {
  getBuiltinModule?(name: string): { readFileSync(path: URL | string): BodyInit };
}

type Header = { readonly __metadata__: { readonly damo: string; readonly format: number } } & { readonly [name: string]: { readonly data_offsets: readonly [number, number] } };

/** The plan of the metadata, and the bytes of what it says is stored, in whole words. E701 for what is no bundle, E702 for what later versions write. */
export async function readBundle(source: Source | BodyInit): Promise<readonly [plan: BundlePlan, stored: readonly ArrayBuffer[]]> {
  try {
    // Texts and URLs.
    if ((source as string).trim || (source as URL).href) {
      // Node's fetch does not read files. Schemes have two letters or more, drives have one.
      const read = /^(?!file)\w\w+:/.test(source as string) ? 0 : (globalThis as { process?: NodeProcess }).process?.getBuiltinModule;
      source = read ? read("node:fs").readFileSync(source as string) : await fetch(source as string);
    }
    const bytes = await ((source as Response).arrayBuffer ? source as Response : new Response(source as BodyInit)).arrayBuffer();
    const start = 8 + new Uint32Array(bytes, 0, 1)[0]!;
    const header = await new Response(bytes.slice(8, start)).json() as Header;
    const { damo, format } = header.__metadata__;
    if (format > 1) throw `E702 format ${format} too new`;
    const plan = JSON.parse(damo) as BundlePlan;
    return [plan, plan[4].map((name) => {
      const [from, to] = header[name]!.data_offsets;
      // An odd number of halves takes in what follows: the control buffer is last.
      return bytes.slice(start + from, start + to + (to - from) % 4);
    })];
  } catch (error) {
    return fail((error as string).trim ? error as string : `E701 not Damo: ${error}`);
  }
}
