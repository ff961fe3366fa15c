// How many invocations work on one place of a kernel, and which: a table that goes by what is known of the sizes. It decides nothing but speed and the
// order of sums, and is made of what is known of GPUs.

import type { Instruction, Kernel } from "../../../ir/kernel/kernel.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import type { FourMembers } from "./fours.ts";
import { type Grid, type KnownSizes, placeOf, rangeOf } from "./grid.ts";
import type { Lanes } from "./lanes.ts";
import { innermost, type Nest, nestsIn } from "./nest.ts";
import { scanOf } from "./scan.ts";
import { oneSlice, type Slices, sliceLoops } from "./slices.ts";
import { countNeighbours } from "./stride.ts";

export interface TeamShape {
  /** Members that share out the loops of a place; a power of two. Each is an invocation of a workgroup, or a lane of one. */
  readonly team: number;
  /** Places that a workgroup works on side by side; a power of two. */
  readonly across: number;
  /** Which invocations are neighbours: those of one team, or those with neighbouring places. */
  readonly neighbours: "team" | "places";
  /** Workgroups that share out each loop; where there may be several, each loop is a launch of its own. */
  readonly slices: Slices;
}

/** What every device has: invocations of a workgroup, and bytes of its memory. */
const [mostInvocations, workgroupBytes] = [256, 16384];
/** So many workgroups of the most invocations keep a large GPU busy. */
const fill = 256;
/** So many iterations for each invocation of a team are worth adding up, if there is other work for it; so many for each of several workgroups, a second launch. */
const [worthTeam, worthLaunch] = [4, 16];
/** Iterations that a member takes if there are `enough` invocations: the longer it goes on by itself, the less there is to add up. Four of them that are an invocation take as long as one. */
const longRun = { 1: 128, 4: 64 } as const;
const enough = 2 ** 14;
/** Rows where their number is not known, and members of a team where their length is not. */
const [usualRows, anyRow] = [1024, 32];
/** Teams of so many add up in one step, which has the order of the last step of larger ones. */
export const fewMembers = 8;
/** With fewer iterations a place is best left to one invocation: if neighbours in memory are iterations, and if they are places. */
const shortRow = 32;
const shortColumn = 16;
/** Invocations that a workgroup of several teams has side by side, and rows that are worth a slice where each has a column, or four. */
const sideBySide = 64;
const worthSlice = { 1: 64, 4: 32 } as const;

/** What may be done with the loops of a place. */
export interface TeamChoices {
  /** Loops may be launches of their own. */
  readonly apart: boolean;
  /** An invocation may be four members of a team. */
  readonly fourMembers: FourMembers | undefined;
  /** An invocation may have four places. */
  readonly fourPlaces: boolean;
}

/** Undefined: one invocation runs each place. */
export function chooseTeam(kernel: Kernel, grid: Grid | undefined, bound: BoundBuffers, sizes: KnownSizes, { apart, fourMembers, fourPlaces }: TeamChoices): TeamShape | undefined {
  const place = placeOf(kernel, grid);
  const nests = [...nestsIn(place, bound.bindings), ...scansIn(place, bound)];
  if (nests.length === 0) return undefined;
  const most = mostMembers(nests);
  const ranges = nests.map((nest) => rangeOf(nest, kernel, sizes));
  const iterations = longest(ranges.map(({ known }) => known));
  const slicesFor = (team: number, across: number, worth = team * worthLaunch): Slices =>
    sliceLoops(apart ? mostSlices(places, team * across, across) : 1, worth, iterations, ranges.map(({ extent }) => extent));
  const places = grid === undefined ? 1 : grid.places;
  const last = grid?.loops.at(-1);
  const rows = nests.reduce((sum, nest) => sum + countNeighbours([nest[0]], innermost(nest).index, kernel.body), 0);
  const columns = last === undefined ? 0 : countNeighbours(nests.map(([loop]) => loop), last.index, kernel.body);
  if (last === undefined || rows > columns) {
    if (places !== 1 && (iterations ?? Infinity) < shortRow) return undefined;
    const lanes = fourMembers === undefined ? 1 : 4;
    // What is kept of a row must have room.
    const keeping = fourMembers?.kept === undefined ? 1 : fourMembers.kept.fours * 4 / fourMembers.kept.mostTurns;
    const members = places === 1 ? wholeTeam(iterations) : Math.max(keeping <= most ? keeping : 1, membersFor(places, iterations, lanes));
    const team = Math.max(lanes, Math.min(most, powerOfTwo(members, mostInvocations)));
    const across = places === 1 ? 1 : Math.max(1, Math.min(most, sideBySide * lanes) / team);
    // Where a place is worth no whole workgroup it is worth no several.
    return { team, across, neighbours: "team", slices: team < most ? oneSlice : slicesFor(team, across) };
  }
  if ((iterations ?? Infinity) < shortColumn || (places ?? 0) >= fill * 64 || (places === undefined && (iterations ?? Infinity) < 64)) return undefined;
  const lanes = fourPlaces ? 4 : 1;
  const across = Math.min(places === undefined ? 32 : powerOfTwo(places, sideBySide), most);
  // Where columns are many their rows are shared out in slices, and there is nothing to add up in a workgroup.
  const slices = slicesFor(1 / lanes, across, worthSlice[lanes]);
  const isWide = across === sideBySide && (lanes === 1 || (places ?? 0) > sideBySide);
  if (isWide && slices.most > 1) return { team: 1, across: powerOfTwo(places ?? 0, sideBySide * lanes), neighbours: "places", slices };
  const team = Math.min(most / across, powerOfTwo((iterations ?? Infinity) / (places === undefined ? 2 * worthTeam : 1), most));
  return { team, across, neighbours: "places", slices: slicesFor(team, across) };
}

/** Of a team that has everything: the order of its sums is one for all lengths. */
function wholeTeam(iterations = Infinity): number {
  return iterations <= fewMembers ? iterations : mostInvocations;
}

/** Of a team that has a row. */
function membersFor(places: number | undefined, iterations: number | undefined, lanes: Lanes): number {
  if (iterations === undefined) return anyRow;
  return Math.max(iterations / longRun[lanes], Math.min(iterations / worthTeam, enough * lanes / (places ?? usualRows)));
}

/** As many as keep a GPU busy. */
function mostSlices(places: number | undefined, invocations: number, across: number): number {
  return places === undefined || places === 0 ? 1 : Math.min(fill, Math.floor(fill * mostInvocations / invocations / Math.ceil(places / across)));
}

/** Running combinations are shared out, too, where they are a place's. */
function scansIn(place: readonly Instruction[], { bindings }: BoundBuffers): readonly Nest[] {
  return place.flatMap((loop) => (loop.kind === "loop" && scanOf(loop, bindings) !== undefined ? [[loop] as const] : []));
}

/** Each value that a loop carries takes a word of each invocation. */
function mostMembers(nests: readonly Nest[]): number {
  const carried = Math.max(1, ...nests.map(([{ carried }]) => carried.length));
  return powerOfTwo(workgroupBytes / 4 / carried / 2, mostInvocations);
}

/** The least power of two that is not below `count`, at most `most`. */
function powerOfTwo(count: number, most: number): number {
  let power = 1;
  while (power < count && power < most) power *= 2;
  return power;
}

function longest(counts: readonly (number | undefined)[]): number | undefined {
  return counts.includes(undefined) ? undefined : Math.max(...(counts as readonly number[]));
}
