// A plan as bundles hold it: what can be settled before there is a device is settled here, so that the loader has little to do and is small.

import type { Command, Dispatch, GpuFunction, GpuPlan, LoopCommand, PlanSlot, PlanWord, PlanSize } from "../../codegen/wgsl/module/plan.ts";
import { halvesEnabled, type Shader, type WorkgroupCount } from "../../codegen/wgsl/shader.ts";
import { InternalError } from "../../ir/errors.ts";
import { errorNumbers, passedSizes } from "../../ir/program/signature.ts";
import { evaluateSize } from "../load-size.ts";
import type { BundleCommand, BundleFunction, BundlePlan, Place } from "../load-webgpu/bundle-plan.ts";
import { gateShader } from "../load-webgpu/gate-shader.ts";
import { loaderMessages, tooLarge } from "../load-webgpu/messages.ts";
import { SizeProgram } from "./size-program.ts";

/** What dynamic offsets of uniforms must be multiples of, in bytes. */
const offsetAlignment = 256;

/** Along an axis; every device dispatches so many. */
const mostWorkgroups = 65_535;

/** `stored`: names of the tensors of the state, of the constants, and of the control buffer. */
export function flattenPlan({ functions, state, messages, shaders }: GpuPlan, stored: readonly string[]): BundlePlan {
  const words = shaders.reduce((most, { sizes }) => Math.max(most, sizes), 3);
  const buffers = shaders.reduce((most, shader) => Math.max(most, shader.buffers.length), 2);
  return [
    { functions: functions.map(({ name, doc, sizes, inputs, outputs }) => ({ name, ...(doc === undefined ? {} : { doc }), sizes, inputs, outputs })), state },
    functions.map((f) => new Flattener(f, shaders, state.length, stored.length).run()),
    [[gateShader, 2], ...shaders.map((shader) => [shader.code, shader.buffers.length] as const)],
    Array.from({ length: buffers + 1 }, (_, count) => layoutOf(count)),
    stored,
    { ...loaderMessages, ...messages },
    Math.ceil(words * 4 / offsetAlignment) * offsetAlignment,
    { powerPreference: "high-performance" },
    shaders.some(({ code }) => code.startsWith(halvesEnabled)) ? ["shader-f16"] : [],
    [{ name: "maxStorageBufferBindingSize" }, { name: "maxBufferSize" }],
  ];
}

function layoutOf(buffers: number): readonly GPUBindGroupLayoutEntry[] {
  // GPUShaderStage.COMPUTE
  const visibility = 4;
  return [
    ...Array.from({ length: buffers }, (_, binding): GPUBindGroupLayoutEntry => ({ binding, visibility, buffer: { type: "storage" } })),
    { binding: buffers, visibility, buffer: { type: "uniform", hasDynamicOffset: true } },
  ];
}

class Flattener {
  readonly #function: GpuFunction;
  readonly #shaders: readonly Shader[];
  readonly #sizes: SizeProgram;
  readonly #rooms: readonly PlanSize[];
  /** By number of the function's buffers, where the number of the table stands. */
  readonly #numbers: readonly Place[];
  /** Of the table: the words of dispatches, the entries of gates, the control buffer. */
  readonly #own: readonly [uniform: Place, entries: Place, control: Place];
  /** Steps of the loops around, the innermost first. */
  #steps: readonly Place[] = [];
  /** Control words that were asked. */
  readonly #asked = new Set<number>();

  constructor(f: GpuFunction, shaders: readonly Shader[], variables: number, stored: number) {
    const { sizes, inputs, outputs } = f;
    const table = new SizeProgram(sizes);
    const { roomOf, rooms } = shareRooms(f.slots, sizes);
    const firstRoom = 2 + inputs.length + outputs.length;
    const firstStored = firstRoom + rooms.length;
    const firsts = { input: 2, output: 2 + inputs.length, state: firstStored, constant: firstStored + variables };
    const control = firstStored + stored - 1;
    this.#function = f;
    this.#shaders = shaders;
    this.#sizes = table;
    this.#rooms = rooms;
    this.#own = [table.constant(0), table.constant(1), table.constant(control)];
    this.#numbers = f.buffers.map(({ place }) => {
      switch (place.kind) {
        case "control": return table.constant(control);
        // Loops put there what it stands for. Before any of their steps, which values of later places may depend on.
        case "carried": return table.slot();
        case "slot": return table.constant(firstRoom + roomOf[place.index]!);
        default: return table.constant(firsts[place.kind] + place.index);
      }
    });
  }

  run(): BundleFunction {
    const { sizes, inputs, outputs, sizeChecks, counts } = this.#function;
    const table = this.#sizes;
    for (const count of counts) {
      const place = table.size(count);
      table.check(place, table.clamp(place, 0, 2 ** 31 - 1), errorNumbers.badSize);
    }
    for (const { left, right, error } of sizeChecks) table.check(table.size(left), table.size(right), error);
    const shapes = [...inputs, ...outputs].map(({ shape }) => shape.map((dim) => table.size(dim)));
    // Those of words and of gates are made when it is known how many there are.
    const bytes = [table.constant(0), table.constant(0), ...shapes.map((shape) => table.product(table.constant(4), ...shape)), ...this.#rooms.map((room) => table.size(room))];
    const largest = bytes.reduce((a, b) => (a === b ? a : table.operation("max", a, b)));
    table.check(largest, table.min(largest, table.limit), tooLarge);
    const commands = this.#body(this.#function.commands);
    return [[...inputs.map(({ name }) => name), ...passedSizes(this.#function)], sizes.map((size) => this.#sourceOf(size)), table.entries, shapes, bytes, commands];
  }

  #sourceOf(size: string): readonly [input: number, axis: number] | readonly [] {
    const { inputs } = this.#function;
    const input = inputs.findIndex(({ shape }) => shape.includes(size));
    return input < 0 ? [] : [input, inputs[input]!.shape.indexOf(size)];
  }

  #body(commands: readonly Command[]): readonly BundleCommand[] {
    return commands.flatMap((command): readonly BundleCommand[] => {
      switch (command.kind) {
        case "gate": return command.words.map((word) => this.#gate(word));
        case "dispatch": return [this.#dispatch(command)];
        case "loop": return [this.#loop(command)];
      }
    });
  }

  #gate(word: number): BundleCommand {
    const one = this.#sizes.constant(1);
    const [uniform, entries, control] = this.#own;
    this.#asked.add(word);
    return [0, [control, entries, uniform], [this.#sizes.constant(~word)], [one, one, one, one]];
  }

  #dispatch({ shader, buffers, words, gate }: Dispatch): BundleCommand {
    const places = words.map((word) => this.#word(word));
    const counts = this.#shaders[shader]!.workgroups.map((along) => this.#count(along, places));
    return [shader + 1, [...buffers.map((id) => this.#numbers[id]!), this.#own[0]], places, [...counts, this.#sizes.constant(gate === undefined ? 1 : ~gate)]];
  }

  #word(word: PlanWord): Place {
    return typeof word === "object" ? this.#sizes.product(this.#steps[word.step]!, this.#sizes.size(word.times)) : this.#sizes.size(word);
  }

  /** As countWorkgroups of codegen/wgsl/shader.ts. */
  #count({ times, words, per, most }: WorkgroupCount, places: readonly Place[]): Place {
    if (!Number.isInteger(times) || !Number.isInteger(per)) throw new InternalError(`${times} / ${per} workgroups`);
    const asked = this.#sizes.quotient(this.#sizes.product(this.#sizes.constant(times), ...words.map((word) => places[word]!)), per);
    return this.#sizes.clamp(asked, most === undefined ? 0 : 1, Math.min(most ?? mostWorkgroups, mostWorkgroups));
  }

  #loop({ count, until, reverse, carried, body }: LoopCommand): BundleCommand {
    const table = this.#sizes;
    const total = count === undefined ? table.infinity() : table.size(count);
    const around = this.#steps;
    const step = table.slot();
    // From the last one down: total - 1 - step.
    this.#steps = [reverse ? table.sum(table.sum(total, table.constant(-1)), table.negative(step)) : step, ...around];
    const commands = this.#body(body);
    const end = table.entries.length;
    this.#steps = around;
    const placeOf = (id: number): Place => this.#numbers[id]!;
    const rooms = carried.filter((value) => value.rooms.length > 0).map(({ next, rooms: turns }) => [placeOf(next), ...turns.map(placeOf)] as const);
    const loop = [-1, carried.map(({ current }) => placeOf(current)), carried.map(({ init }) => placeOf(init)), carried.map(({ next }) => placeOf(next)), commands, total, step, end, rooms] as const;
    return until === undefined ? loop : [...loop, until, [...this.#asked].map((word) => this.#gate(word))];
  }
}

/** What every size is taken for where slots are compared. */
const typicalSize = 64;

/** Slots whose lives do not meet share a room: where there is a choice, the one of the nearest size. */
function shareRooms(slots: readonly PlanSlot[], sizes: readonly string[]): { readonly roomOf: readonly number[]; readonly rooms: readonly PlanSize[] } {
  const typical = Object.fromEntries(sizes.map((size) => [size, typicalSize]));
  const rooms: { sizes: Set<PlanSize>; bytes: number; last: number }[] = [];
  const roomOf: number[] = [];
  const order = [...slots.keys()].sort((a, b) => slots[a]!.first - slots[b]!.first);
  for (const slot of order) {
    const { bytes: size, first, last } = slots[slot]!;
    const bytes = evaluateSize(size, typical);
    const free = rooms.filter((room) => room.last < first).sort((a, b) => Math.abs(a.bytes - bytes) - Math.abs(b.bytes - bytes));
    const room = free[0] ?? { sizes: new Set<PlanSize>(), bytes, last };
    if (free.length === 0) rooms.push(room);
    room.sizes.add(size);
    Object.assign(room, { bytes: Math.max(room.bytes, bytes), last });
    roomOf[slot] = rooms.indexOf(room);
  }
  return { roomOf, rooms: rooms.map((room) => largest([...room.sizes])) };
}

function largest(sizes: readonly PlanSize[]): PlanSize {
  const known = sizes.filter((size) => typeof size === "number");
  return [...(known.length > 0 ? [Math.max(...known)] : []), ...sizes.filter((size) => typeof size === "string")].reduce((a, b) => `max(${a},${b})`);
}
