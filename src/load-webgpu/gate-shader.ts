// The shader that carries out gates: makes the indirect arguments of the dispatches that a control word rules, so that they are done or left out without the host.

/**
 * Bindings: the control buffer; for each dispatch its three counts with ~word of the control word that rules it, and its indirect arguments, four words each.
 * Words: ~word of a control word, and the first and the end of the dispatches that may be its.
 */
export const gateShader = `struct Words { word: i32, first: u32, end: u32 }
struct Entry { counts: vec4i, arguments: vec4i }
@group(0) @binding(0) var<storage, read_write> control: array<i32>;
@group(0) @binding(1) var<storage, read_write> entries: array<Entry>;
@group(0) @binding(2) var<uniform> words: Words;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) id: u32) {
  let open = control[~words.word] != 0;
  for (var i = words.first + id; i < words.end; i += 64u) {
    let counts = entries[i].counts;
    if (counts.w == words.word) { entries[i].arguments = select(vec4i(), counts, open); }
  }
}`;
