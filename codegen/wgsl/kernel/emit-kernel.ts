// A kernel as compute shaders. One invocation runs a place of it, in the order that the kernel fixes; or a team of them shares out the loops inside, in
// an order of its own; or each goes through all updates and does its own. Bools are one u32 an element in memory.

import { InternalError } from "../../../ir/errors.ts";
import type { Kernel, LoopInstruction } from "../../../ir/kernel/kernel.ts";
import { oneWorkgroup, type Shader, type ShaderBuffer, type ShaderSequence, withExtensions, type WorkgroupCount } from "../shader.ts";
import { BoundBuffers, type BufferBindings } from "./bound-buffers.ts";
import { defineFunctions } from "./functions.ts";
import { type Fours, membersInFours, placesInFours, wideBindings } from "./fours.ts";
import { chooseGrid, type Grid, type KnownSizes, placeOf, rangeOf, unknownExtent } from "./grid.ts";
import { letters, type Lanes, ofLanes } from "./lanes.ts";
import { PlaceOffsets } from "./offsets.ts";
import { countOwners, type Updates, updatesOf } from "./owners.ts";
import { ShaderBody } from "./shader-body.ts";
import { elementType } from "./shader-dtype.ts";
import { defineSlices, dispatchSlices } from "./slices.ts";
import { planStages, type Stage, type Stages, writeStage } from "./stages.ts";
import { TeamWriter } from "./team.ts";
import { chooseTeam, type TeamShape } from "./team-shape.ts";

export interface KernelShaderOptions extends BufferBindings {
  /** Of the device: maxStorageBuffersPerShaderStage. */
  readonly storageBuffers: number;
  /** The kernel's sizes so far as they are known: who works on what is chosen by them, and shaders have them as numbers. */
  readonly sizes?: KnownSizes;
  /** Workgroups that are dispatched along one axis at most: what every device takes. */
  readonly mostWorkgroups?: number;
  /** So many neighbours of a workgroup are neighbours in a subgroup; 1: it has none. */
  readonly subgroup?: number;
}

/** Invocations of a workgroup where each runs places of its own. */
const groupSize = 64;

/** Math functions must have been expanded, but for those of `fast-math`. The words of the uniform are the kernel's sizes, and those of `bases`. */
export function emitKernel(kernel: Kernel, { storageBuffers, sizes = [], mostWorkgroups = 65_535, subgroup = 1, ...bindings }: KernelShaderOptions): ShaderSequence {
  const bound = new BoundBuffers(kernel, bindings);
  const { length } = bound.buffers;
  if (length > storageBuffers) throw new InternalError(`kernel ${kernel.name} has ${length} buffers, the device takes ${storageBuffers}`);
  const updates = updatesOf(kernel, bound);
  if (updates !== undefined) return { shaders: [emitOwners(kernel, bound, updates, sizes)], workspaceBytes: 0 };
  const emission: Emission = { kernel, bound, grid: chooseGrid(kernel, bound, sizes), sizes, mostWorkgroups, subgroup };
  const stages = length < storageBuffers ? planStages(placeOf(kernel, emission.grid), bound) : undefined;
  const members = membersInFours(kernel, emission.grid, bound, sizes);
  const fourPlaces = emission.grid && placesInFours(kernel, emission.grid, bound, sizes);
  const shape = chooseTeam(kernel, emission.grid, bound, sizes, { apart: stages !== undefined, fourMembers: members, fourPlaces: fourPlaces !== undefined });
  if (shape === undefined) return { shaders: [emitPlaces(emission)], workspaceBytes: 0 };
  const { most } = shape.slices;
  const fours = shape.neighbours === "team" ? members : fourPlaces;
  if (stages === undefined || most === 1) return { shaders: [emitTeam(emission, shape, fours)], workspaceBytes: 0 };
  const places = emission.grid?.places ?? 1;
  return {
    shaders: stages.stages.map((stage) => emitStage(emission, shape, fours, stages, stage, places)),
    workspaceBytes: stages.words.size * most * places * 4,
  };
}

interface Emission {
  readonly kernel: Kernel;
  readonly bound: BoundBuffers;
  readonly grid: Grid | undefined;
  readonly sizes: KnownSizes;
  readonly mostWorkgroups: number;
  readonly subgroup: number;
}

const placesBuiltins = "@builtin(global_invocation_id) id: vec3u, ";

/** An invocation for each place or four of them, in strides of the whole grid; the whole kernel in one where it is no grid. */
function emitPlaces({ kernel, bound, grid, sizes }: Emission): Shader {
  if (grid === undefined) {
    const body = new ShaderBody(kernel, bound, sizes);
    body.instructions(kernel.body);
    return assemble(body, { invocations: 1, builtins: "" });
  }
  const offsets = new PlaceOffsets(kernel, grid.loops, sizes);
  const fours = placesInFours(kernel, grid, bound, sizes, offsets);
  const lanes = fours === undefined ? 1 : 4;
  const body = new ShaderBody(kernel, bound, sizes, fours && wideBindings(fours, bound));
  for (const instruction of kernel.body) if (instruction.kind !== "loop") body.instruction(instruction);
  body.line(`let total = ${offsets.total(lanes) ?? body.extents(grid.loops).join(" * ")};`);
  body.block(`for (var at = id.x; at < total; at += count.x * ${groupSize}u)`, () => body.atOffsets(grid.loops, "at", offsets, fours?.place));
  return assemble(body, { invocations: groupSize, builtins: placesBuiltins, along: { ...grid.extent, per: groupSize * lanes } });
}

/** An invocation for each owner and each place of the parallel loops: neighbours have neighbouring places. */
function emitOwners(kernel: Kernel, bound: BoundBuffers, { serial, parallel, key, before, after }: Updates, sizes: KnownSizes): Shader {
  const body = new ShaderBody(kernel, bound);
  const { extent = unknownExtent, known } = rangeOf(parallel, kernel, sizes);
  const owners = countOwners(known);
  const update = (): void => {
    body.instructions(before);
    body.block(`if (u32(v${key}) % ${owners}u == owner)`, () => body.instructions(after));
  };
  const walk = ([loop, ...inner]: readonly LoopInstruction[]): void => {
    if (loop === undefined) {
      if (parallel.length === 0) update();
      else body.atPlace(parallel, "own", update);
      return;
    }
    body.count(loop, () => {
      const next = inner[0] ?? parallel[0];
      if (next !== undefined) body.instructions(loop.body.filter((instruction) => instruction !== next));
      walk(inner);
    });
  };
  for (const instruction of kernel.body) if (instruction !== serial[0]) body.instruction(instruction);
  body.line(`let places = ${parallel.length === 0 ? "1u" : body.extents(parallel).join(" * ")};`);
  body.block(`for (var at = id.x; at < places * ${owners}u; at += count.x * ${groupSize}u)`, () => {
    body.line("let owner = at / places;");
    body.line("let own = at % places;");
    walk(serial);
  });
  return assemble(body, { invocations: groupSize, builtins: placesBuiltins, along: { ...extent, times: extent.times * owners, per: groupSize } });
}

/** A team for each place. */
function emitTeam(emission: Emission, shape: TeamShape, fours: Fours | undefined): Shader {
  const { kernel, grid } = emission;
  const [body, writer] = beginTeam(emission, shape, fours);
  inPlaces(body, writer, grid, fours, () => writer.instructions(placeOf(kernel, grid)));
  return assembleTeam(body, writer, shape, emission);
}

/** One launch of several: a team for each place and slice of it. */
function emitStage(emission: Emission, shape: TeamShape, fours: Fours | undefined, stages: Stages, stage: Stage, places: number): Shader {
  const { kernel, grid } = emission;
  const [body, writer] = beginTeam(emission, shape, fours);
  for (const statement of defineSlices(shape.slices)) body.line(statement);
  if (stage.nest !== undefined) {
    body.line("let slice = group.y;");
    body.line("if (slice >= slices) { return; }");
  }
  inPlaces(body, writer, grid, fours, () => writeStage(placeOf(kernel, grid), stages, stage, { body, writer, shape, places }));
  return assembleTeam(body, writer, shape, emission, { slices: stage.nest === undefined ? oneWorkgroup : dispatchSlices(shape.slices), workspace: stages.words.size > 0 ? writer.ofPlace : undefined });
}

/** All that stands before the places. */
function beginTeam({ kernel, bound, sizes, grid, subgroup }: Emission, shape: TeamShape, fours: Fours | undefined): [ShaderBody, TeamWriter] {
  const body = new ShaderBody(kernel, bound, sizes, fours && wideBindings(fours, bound));
  const writer = new TeamWriter(body, shape, fours, grid?.loops.map(({ index }) => index) ?? [], subgroup);
  writer.begin();
  if (grid !== undefined) {
    for (const instruction of kernel.body) if (instruction.kind !== "loop") writer.value(instruction);
    body.line(`let total = ${body.extents(grid.loops, fours?.along === "places").join(" * ")};`);
  }
  return [body, writer];
}

/**
 * The places of a workgroup, or fours of them, side by side: those past the end are the last one's, and `inside` says so. A workgroup has one turn wherever as many can be
 * dispatched as are needed, since software adapters are slow at barriers in loops.
 */
function inPlaces(body: ShaderBody, writer: TeamWriter, grid: Grid | undefined, fours: Fours | undefined, write: () => void): void {
  const { across } = writer;
  const place = fours?.along === "places" ? fours.place : undefined;
  if (grid === undefined) {
    write();
    return;
  }
  const turn = (): void => {
    if (across > 1) body.line("let inside = first + column < total;");
    body.line(`let at = ${across > 1 ? "min(first + column, total - 1u)" : "first"};`);
    body.inFours(place, () => body.atPlace(grid.loops, "at", write, place !== undefined));
  };
  if (grid.extent === unknownExtent) {
    body.block(`for (var first = group.x * ${across}u; first < total; first += count.x * ${across}u)`, () => {
      turn();
      writer.again(`first + count.x * ${across}u < total`);
    });
    return;
  }
  body.line(`let first = (group.x + group.z * count.x) * ${across}u;`);
  body.line("if (first >= total) { return; }");
  turn();
}

function assembleTeam(body: ShaderBody, writer: TeamWriter, { across }: TeamShape, { grid, mostWorkgroups }: Emission, parts: Pick<Frame, "slices" | "workspace"> = {}): Shader {
  return assemble(body, {
    ...parts, declarations: writer.declarations, invocations: writer.team * writer.across, builtins: writer.builtins,
    along: grid && { ...grid.extent, per: across },
    beyond: grid && grid.extent !== unknownExtent ? { ...grid.extent, per: across * mostWorkgroups } : oneWorkgroup,
  });
}

interface Frame {
  readonly invocations: number;
  /** Parameters of the main function besides the number of workgroups. */
  readonly builtins: string;
  readonly along?: WorkgroupCount | undefined;
  /** Along z: for workgroups that are too many along x. */
  readonly beyond?: WorkgroupCount;
  /** Along y. */
  readonly slices?: WorkgroupCount;
  /** Elements of the workspace, if there is one: words, or fours of them. */
  readonly workspace?: Lanes | undefined;
  readonly declarations?: readonly string[];
}

function assemble(body: ShaderBody, { invocations, builtins, along = oneWorkgroup, slices = oneWorkgroup, beyond = oneWorkgroup, workspace: inWorkspace, declarations = [] }: Frame): Shader {
  const { kernel: { name }, bound } = body;
  const words = bound.words();
  const workspace: readonly ShaderBuffer[] = inWorkspace === undefined ? [] : [{ dtype: "u32", access: "readwrite" }];
  const buffers = [...bound.buffers, ...workspace];
  const code = withExtensions([
    ...bound.buffers.map(({ dtype }, i) => `@group(0) @binding(${i}) var<storage, read_write> b${i}: array<${ofLanes(letters[elementType(dtype)], body.wideBindings.has(i) ? 4 : 1)}>;`),
    ...workspace.map(() => `@group(0) @binding(${bound.buffers.length}) var<storage, read_write> workspace: array<${ofLanes("U", inWorkspace!)}>;`),
    ...(words.length > 0 ? [`struct Sizes { ${words.map((word) => `${word}: i32`).join(", ")} }`, `@group(0) @binding(${buffers.length}) var<uniform> sizes: Sizes;`] : []),
    ...declarations,
    ...defineFunctions(body.functions),
    "",
    `@compute @workgroup_size(${invocations})`,
    `fn main(${builtins}@builtin(num_workgroups) count: vec3u) {`,
    ...(body.needsZero ? ["  let zero = count.x >> 30u;"] : []),
    ...bound.begins().map((statement) => `  ${statement}`),
    ...body.lines,
    "}",
  ].join("\n"));
  return { name, code, sizes: words.length, workgroups: [along, slices, beyond], buffers };
}
