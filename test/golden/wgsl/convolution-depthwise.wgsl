// convolution, result, direct; workgroups [{"times":2,"words":[0],"per":64},{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1}]
struct Sizes { places: i32 }
@group(0) @binding(0) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b: array<vec4f>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
fn pixel_index(place: i32, tap: i32, channel: i32) -> i32 {
  let position = place % 196;
  let f0 = position / 14 % 14 * 2 + tap / 5 % 5 * 1 - 2;
  if (f0 < 0 || f0 >= 28) { return -1; }
  let f1 = position / 1 % 14 * 2 + tap / 1 % 5 * 1 - 2;
  if (f1 < 0 || f1 >= 28) { return -1; }
  return ((place / 196 * 28 + f0) * 28 + f1) * 8 + channel;
}
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  for (var at = i32(id.x); at < sizes.places * 2; at += i32(count.x) * 64) {
    let place = at / 2;
    let column = at % 2;
    let channel = column * 4;
    var sum = vec4f();
    for (var tap = 0; tap < 25; tap++) {
      let first = pixel_index(place, tap, channel);
      if (first >= 0) {
        for (var i = 0; i < 1; i++) { sum = fma(a[first / 4 + i], b[(tap * 1 + i) * 2 + column], sum); }
      }
    }
    c[at] = sum;
  }
}
