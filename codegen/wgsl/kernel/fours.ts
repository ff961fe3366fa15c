// What of a shader is done in four lanes, with loads and stores of 16 bytes (8 of halves): four neighbouring places, or four neighbouring iterations of the loops that a team
// shares out. They are neighbours in memory for all that is stored, and neighbours or one element for all that is loaded.

import type { Carried, Instruction, Kernel, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import type { Grid, KnownSizes } from "./grid.ts";
import { type Kept, keepRows } from "./kept.ts";
import { innermost, nestOf, nestsIn } from "./nest.ts";
import { PlaceOffsets } from "./offsets.ts";
import { scanOf } from "./scan.ts";

/** Four neighbouring iterations of a loop side by side. */
export interface FourLanes {
  /** The loop's index: of the first of them in offsets, and four numbers as a value. */
  readonly index: ValueId;
  /** Values that have an element in each lane. */
  readonly values: ReadonlySet<ValueId>;
  /** Loads and stores of four neighbours. */
  readonly accesses: ReadonlySet<Instruction>;
}

/** Lanes are neighbouring places: all that a place does. */
export interface FourPlaces { readonly along: "places"; readonly place: FourLanes }

/** Lanes are members of a team: what is done in its nests, by their innermost loops. Each nest that carries something is one of them. */
export interface FourMembers {
  readonly along: "members";
  readonly nests: ReadonlyMap<LoopInstruction, FourLanes>;
  /** What is kept from nest to nest, if something is. */
  readonly kept: Kept | undefined;
}

export type Fours = FourPlaces | FourMembers;

/** Bindings that are vectors of four in memory. */
export function wideBindings(fours: Fours, bound: BoundBuffers): Set<number> {
  const all = fours.along === "places" ? [fours.place] : [...fours.nests.values()];
  return new Set(all.flatMap(({ accesses }) => [...accesses]).flatMap((access) => bindingOf(access, bound)));
}

/** `byText`: its loads and stores are found from the place's number, and what is in it is done by one invocation. */
export function placesInFours(kernel: Kernel, { loops }: Grid, bound: BoundBuffers, sizes: KnownSizes, byText?: PlaceOffsets): FourPlaces | undefined {
  const body = loops.flatMap((loop, i) => (i === loops.length - 1 ? loop.body : loop.body.filter(({ kind }) => kind !== "loop")));
  const inner = loopsIn(body);
  const offsets = new PlaceOffsets(kernel, [...loops, ...inner], sizes);
  if (!bound.isWhole || !offsets.isOfFours(loops.length - 1)) return undefined;
  const shared = byText === undefined ? nestsIn(body, bound.bindings).flat() : [];
  if (inner.some((loop) => loop.lanes > 1 && !shared.includes(loop)) || (byText === undefined && body.some((loop) => loop.kind === "loop" && nestOf(loop, bound.bindings) === undefined))) return undefined;
  if (byText !== undefined && body.some((access) => (access.kind === "load" || access.kind === "store") && byText.text(access.offset, "at", true) === undefined)) return undefined;
  const place = findLanes(body, loops.at(-1)!.index, offsets, []);
  // Where a binding is stored to, nothing of it is loaded for all lanes.
  const isApart = (access: Instruction): boolean => place!.accesses.has(access) || bindingOf(access, bound).every((binding) => !bound.isStored(binding));
  return place !== undefined && [...kernel.body, ...loops, ...body, ...inner.flatMap((loop) => loop.body)].every(isApart) ? { along: "places", place } : undefined;
}

export function membersInFours(kernel: Kernel, grid: Grid | undefined, bound: BoundBuffers, sizes: KnownSizes): FourMembers | undefined {
  const place = grid?.loops.at(-1)!.body ?? kernel.body;
  const inner = loopsIn(place);
  const nests = nestsIn(place, bound.bindings);
  // The order of all that is combined in a team is one for members that are lanes and members that are not.
  if (!bound.isWhole || inner.some((loop) => nestOf(loop, bound.bindings) === undefined && scanOf(loop, bound.bindings) !== undefined)) return undefined;
  const offsets = new PlaceOffsets(kernel, [...grid?.loops ?? [], ...inner], sizes);
  const found = new Map(nests.flatMap((nest) => {
    const { index, body, carried } = innermost(nest);
    const lanes = offsets.isOfFours(offsets.loopOf(index)) && loopsIn(body).length === 0 ? findLanes(body, index, offsets, carried) : undefined;
    return lanes === undefined ? [] : [[innermost(nest), lanes] as const];
  }));
  const all = [...place, ...inner.flatMap(({ body }) => body)];
  for (let before = -1; before !== found.size;) {
    before = found.size;
    const isWide = (access: Instruction): boolean => [...found.values()].some(({ accesses }) => accesses.has(access));
    // An element that is stored by itself may not be one of four.
    const single = new Set(all.flatMap((store) => (store.kind === "store" && !isWide(store) ? bindingOf(store, bound) : [])));
    for (const [loop, { accesses }] of found) if ([...accesses].some((access) => bindingOf(access, bound).some((binding) => single.has(binding)))) found.delete(loop);
  }
  const isRight = nests.every((nest) => found.has(innermost(nest)) || (nest[0].carried.length === 0 && nestsIn(innermost(nest).body, bound.bindings).length === 0));
  if (found.size === 0 || !isRight) return undefined;
  return { along: "members", nests: found, kept: keepRows(kernel, place, found, offsets, bound) };
}

/** Undefined: what is stored does not lie side by side, or where something lies depends on what is computed. */
function findLanes(body: readonly Instruction[], index: ValueId, offsets: PlaceOffsets, carried: readonly Carried[]): FourLanes | undefined {
  const [needed, placed] = [new Set(carried.map(({ next }) => next)), new Set<ValueId>()];
  const lookBack = (of: readonly Instruction[]): void => {
    for (const instruction of [...of].reverse()) {
      if (instruction.kind === "op") for (const ids of [needed, placed]) if (ids.has(instruction.id)) instruction.args.forEach((arg) => ids.add(arg));
      if (instruction.kind === "load" || instruction.kind === "store") placed.add(instruction.offset);
      if (instruction.kind === "store") needed.add(instruction.value);
      if (instruction.kind !== "loop") continue;
      placed.add(instruction.extent);
      for (const { init, next } of instruction.carried) [init, next].forEach((id) => needed.add(id));
      lookBack(instruction.body);
    }
  };
  lookBack(body);
  const [values, accesses] = [new Set(carried.map(({ current }) => current)), new Set<Instruction>()];
  const axis = offsets.loopOf(index);
  const lookAhead = (of: readonly Instruction[]): boolean => of.every((instruction) => {
    if (instruction.kind === "op" && instruction.args.some((arg) => values.has(arg) || (arg === index && needed.has(instruction.id)))) values.add(instruction.id);
    if (instruction.kind === "loop") {
      for (const { current, result } of instruction.carried) [current, result].forEach((id) => values.add(id));
      return lookAhead(instruction.body);
    }
    if (instruction.kind !== "load" && instruction.kind !== "store") return true;
    const four = offsets.ofFour(instruction.offset, axis);
    if (four === "vector") accesses.add(instruction);
    if (four === "vector" && instruction.kind === "load") values.add(instruction.id);
    return four === "vector" || (four === "one" && instruction.kind === "load");
  });
  return lookAhead(body) && [...placed].every((id) => !values.has(id)) ? { index, values, accesses } : undefined;
}

function bindingOf(access: Instruction, { bindings }: BoundBuffers): readonly number[] {
  return access.kind === "load" || access.kind === "store" ? [bindings[access.buffer]!] : [];
}

/** Each before those in it. */
function loopsIn(body: readonly Instruction[]): readonly LoopInstruction[] {
  return body.flatMap((loop) => (loop.kind === "loop" ? [loop, ...loopsIn(loop.body)] : []));
}
