// A plan as bundles hold it: what can be settled before there is a device is settled here, so that the loader has little to do and is small.

import type { Command, GpuFunction, GpuPlan, PlanSize, PlanSlot, PlanWord } from "../../codegen/wgsl/module/plan.ts";
import { halvesEnabled } from "../../codegen/wgsl/shader.ts";
import { errorNumbers } from "../../ir/program/signature.ts";
import { evaluateSize } from "../load-size.ts";
import type { BundleCommand, BundleFunction, BundlePlan, BundleWord } from "../load-webgpu/bundle-plan.ts";
import { gateShader } from "../load-webgpu/gate-shader.ts";

/** What dynamic offsets of uniforms must be multiples of, in bytes. */
const offsetAlignment = 256;

export function flattenPlan(plan: GpuPlan): BundlePlan {
  const { functions, state, constants, messages, controlWords, shaders } = plan;
  const words = shaders.reduce((most, { sizes }) => Math.max(most, sizes), 3);
  return {
    functions: functions.map((f) => flattenFunction(f, state.length, constants.length)),
    state, constants: constants.length, controlBytes: controlWords * 4, messages,
    features: shaders.some(({ code }) => code.startsWith(halvesEnabled)) ? ["shader-f16"] : [],
    stride: Math.ceil(words * 4 / offsetAlignment) * offsetAlignment,
    shaders: [[gateShader, 3, []], ...shaders.map(({ code, buffers, workgroups }) =>
      [code, buffers.length, workgroups.map(({ times, words, per, most }) => (most === undefined ? [times, words, per] as const : [times, words, per, most] as const))] as const)],
  };
}

function flattenFunction(f: GpuFunction, variables: number, constants: number): BundleFunction {
  const { name, doc, sizes, inputs, outputs, buffers, sizeChecks, counts } = f;
  const { roomOf, rooms } = shareRooms(f.slots, sizes);
  const control = variables + constants;
  const firsts = { state: 0, constant: variables, input: control + 4, output: control + 4 + inputs.length, slot: control + 4 + inputs.length + outputs.length };
  const numbers = buffers.map(({ place }, i) => {
    switch (place.kind) {
      case "control": return control;
      case "carried": return firsts.slot + rooms.length + i;
      case "slot": return firsts.slot + roomOf[place.index]!;
      default: return firsts[place.kind] + place.index;
    }
  });
  const wordOf = (word: PlanWord): BundleWord => (typeof word === "object" ? [word.step, word.times] : word);
  const flatten = (command: Command): BundleCommand => {
    switch (command.kind) {
      case "gate": return [command.words];
      case "dispatch": {
        const dispatch = [command.shader + 1, command.buffers.map((id) => numbers[id]!), command.words.map(wordOf)] as const;
        return command.gate === undefined ? dispatch : [...dispatch, command.gate];
      }
      case "loop": {
        const { count, until, reverse, carried, body } = command;
        return {
          body: body.map(flatten), ...(count === undefined ? {} : { count }), ...(until === undefined ? {} : { until }), ...(reverse ? { reverse } : {}),
          carried: carried.map(({ current, init, next, rooms: turns }) => [numbers[current]!, numbers[init]!, numbers[next]!, turns.map((room) => numbers[room]!)] as const),
        };
      }
    }
  };
  return {
    name, ...(doc === undefined ? {} : { doc }), sizes, inputs, outputs, rooms,
    checks: [...sizeChecks.map(({ left, right, error }) => [left, right, error] as const), ...counts.map((count) => [count, null, errorNumbers.badSize] as const)],
    commands: f.commands.map(flatten),
  };
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
