// The shader that carries out gates: makes the indirect arguments of the dispatches that a control word rules, so that they are done or left out without the host.

/**
 * Bindings: the control buffer, four words for each gated dispatch (its three counts and the control word that rules it), the indirect arguments, four words each, too.
 * Words: the control word, and the first and the end of the dispatches that may be its.
 */
export const gateShader = `struct Words { word: u32, first: u32, end: u32 }
@group(0) @binding(0) var<storage, read_write> control: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> arguments: array<vec4u>;
@group(0) @binding(3) var<uniform> words: Words;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) id: u32) {
  let open = control[words.word] != 0u;
  for (var i = words.first + id; i < words.end; i += 64u) {
    if (counts[i].w == words.word) { arguments[i] = select(vec4u(), counts[i], open); }
  }
}`;
