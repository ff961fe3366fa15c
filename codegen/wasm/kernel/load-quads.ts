// Loads of four neighbours side by side, in each lane at another place: of each place one register is loaded, and a
// 4 x 4 transposition makes of them the four values. Single elements would take four loads for every register.

import type { ValueId } from "../../../ir/kernel/kernel.ts";
import { itemSize } from "../../../ir/types.ts";
import type { Local } from "../encode/index.ts";
import { type Definition, collectDefinitions, loopsInside } from "./definitions.ts";
import type { VectorContext } from "./vector-context.ts";
import { type VectorAddress, laneAddresses } from "./vector-memory.ts";
import type { Kernel, LoadInstruction, LoopInstruction } from "./wasm-kernel.ts";

/** Loads of elements k, k + 1, k + 2, k + 3 from places that are the same otherwise. */
export type LoadQuad = readonly LoadInstruction[];

const known = new WeakMap<Kernel, ReadonlyMap<LoadInstruction, LoadQuad>>();

/** The quad of each load that is in one. Only buffers that the kernel does not write: the four are loaded where the first stands. */
export function collectLoadQuads(kernel: Kernel): ReadonlyMap<LoadInstruction, LoadQuad> {
  let quads = known.get(kernel);
  if (quads === undefined) {
    const { definitions } = collectDefinitions(kernel);
    const found = new Map<LoadInstruction, LoadQuad>();
    for (const loop of loopsInside(kernel.body)) {
      for (const quad of quadsOf(loop, kernel, definitions)) for (const load of quad) found.set(load, quad);
    }
    known.set(kernel, (quads = found));
  }
  return quads;
}

function quadsOf(loop: LoopInstruction, kernel: Kernel, definitions: readonly Definition[]): readonly LoadQuad[] {
  const places = new Map<string, { readonly load: LoadInstruction; readonly at: number }[]>();
  for (const load of loop.body) {
    if (load.kind !== "load" || itemSize[load.dtype] !== 4 || kernel.buffers[load.buffer]!.access !== "read") continue;
    const { terms, constant } = sumOf(load.offset, definitions);
    const key = `${load.buffer}:${terms.sort((a, b) => a - b).join()}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, [{ load, at: constant }]);
    else place.push({ load, at: constant });
  }
  const quads: LoadQuad[] = [];
  for (const place of places.values()) {
    place.sort((a, b) => a.at - b.at);
    for (let i = 0; i + 3 < place.length; i++) {
      const four = place.slice(i, i + 4);
      if (!four.every(({ at }, k) => at === four[0]!.at + k)) continue;
      quads.push(four.map(({ load }) => load));
      i += 3;
    }
  }
  return quads;
}

/** An offset as a constant and other values that are added up. */
function sumOf(value: ValueId, definitions: readonly Definition[]): { readonly terms: ValueId[]; readonly constant: number } {
  const { instruction } = definitions[value]!;
  if (instruction?.kind === "constant") return { terms: [], constant: Number(instruction.value) };
  if (instruction?.kind !== "op" || instruction.op !== "add") return { terms: [value], constant: 0 };
  const [a, b] = instruction.args.map((arg) => sumOf(arg, definitions)) as [ReturnType<typeof sumOf>, ReturnType<typeof sumOf>];
  return { terms: [...a.terms, ...b.terms], constant: a.constant + b.constant };
}

/** `address` is that of the first load of the quad; `results` are the registers of each of the four values. */
export function emitLoadQuad(context: VectorContext, address: VectorAddress, results: readonly (readonly Local[])[]): void {
  const { f } = context;
  const pushAddress = laneAddresses(context, address);
  const rows = [0, 1, 2, 3].map((i) => context.scratch("v128", 1 + i));
  for (let register = 0; register < results[0]!.length; register++) {
    rows.forEach((row, lane) => {
      const offset = pushAddress(4 * register + lane);
      f.load("v128.load", offset, 4).set(row);
    });
    const [a, b, c, d] = rows as [Local, Local, Local, Local];
    const half = (x: Local, y: Local, lanes: readonly number[]): void => {
      f.get(x).get(y).shuffle(lanes);
    };
    const [low, high] = [[0, 4, 1, 5], [2, 6, 3, 7]] as const;
    results.forEach((result, k) => {
      half(a, b, k < 2 ? low : high);
      half(c, d, k < 2 ? low : high);
      f.shuffle(k % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]).set(result[register]!);
    });
  }
}
