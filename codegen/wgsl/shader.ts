// What an emitter of this target makes of a kernel, a product or a convolution: compute shaders with their interface, as plain
// data, so that a bundle can hold them as they are.

import type { Access } from "../../ir/kernel/kernel.ts";
import type { DType } from "../../ir/types.ts";

export interface Shader {
  /** Readable, from what it computes; not unique. */
  readonly name: string;
  /** A WGSL module with the entry point `main`. */
  readonly code: string;
  /** Storage buffers, at bindings 0, 1, ... of group 0. */
  readonly buffers: readonly ShaderBuffer[];
  /** i32 words of the uniform buffer at the binding after them; without words there is none. */
  readonly sizes: number;
  /** Along x, y and z. */
  readonly workgroups: readonly [WorkgroupCount, WorkgroupCount, WorkgroupCount];
}

/**
 * Shaders dispatched one after another, each seeing what those before it stored. They have one interface, the same buffers and sizes, so one
 * bind group does for all of them.
 */
export interface ShaderSequence {
  /** At least one. */
  readonly shaders: readonly Shader[];
  /** Bytes of a buffer for what goes from shader to shader: the last of `buffers`, of dtype u32. What it holds before is of no matter. 0: there is none. */
  readonly workspaceBytes: number;
}

/** Bound as `read_write` whatever its access, because parts of one arena must be bound alike; `access` is what is done with it. */
export interface ShaderBuffer {
  readonly dtype: DType;
  readonly access: Access;
}

/** A WGSL module with the extensions that it needs. */
export function withExtensions(code: string): string {
  return [...(/\b(f16|vec4h)\b/.test(code) ? [halvesEnabled] : []), ...(/\bsubgroup_/.test(code) ? ["enable subgroups;"] : []), code].join("\n");
}

/** How modules begin that need the feature shader-f16. */
export const halvesEnabled = "enable f16;";

/**
 * ceil(times * product of the size words / per). Whoever dispatches takes at most what the device allows along an axis;
 * so a shader goes through its work in strides of `num_workgroups` wherever more than 65,535 can be asked for.
 */
export interface WorkgroupCount {
  readonly times: number;
  readonly words: readonly number[];
  readonly per: number;
  /** Present: at least one, and at most so many. */
  readonly most?: number;
}

export const oneWorkgroup: WorkgroupCount = { times: 1, words: [], per: 1 };

/** The counts to dispatch, given the size words and the most workgroups that the device has along one axis. */
export function countWorkgroups({ workgroups }: Shader, sizes: readonly number[], most: number): [number, number, number] {
  const count = ({ times, words, per, most: own }: WorkgroupCount): number => {
    const asked = Math.ceil(words.reduce((product, word) => product * sizes[word]!, times) / per);
    return Math.min(most, own === undefined ? asked : Math.min(own, Math.max(1, asked)));
  };
  return [count(workgroups[0]), count(workgroups[1]), count(workgroups[2])];
}
