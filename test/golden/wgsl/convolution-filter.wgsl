// convolution, filter 32x32; workgroups [{"times":16,"words":[],"per":32},{"times":200,"words":[],"per":32},{"times":1,"words":[],"per":1}]
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
fn pixel(place: i32, entry: i32, g: i32) -> f32 {
  let at = pixel_index(place, entry / 8, g * 8 + entry % 8);
  if (at < 0) { return 0.0; }
  return a[at / 4][at % 4];
}
fn pixels(place: i32, entry: i32, g: i32) -> vec4f {
  let at = pixel_index(place, entry / 8, g * 8 + entry % 8);
  if (at < 0) { return vec4f(); }
  return a[at / 4];
}
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
var<workgroup> a_panel: array<vec4f, 128>;
var<workgroup> b_panel: array<vec4f, 128>;

fn store(g: i32, row: i32, column: i32, sum: vec4f) {
  let batch = 1; let m = 200; let n = 16; let k = sizes.places;
  if (row >= m) { return; }
  let at = g * (16) + row * 16 + column;
  if (column < n) { c[at / 4] = sum; }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  let batch = 1; let m = 200; let n = 16; let k = sizes.places;
  let thread = i32(index);
  let x = thread % 8;
  let y = thread / 8;
  for (var g = i32(group.z); g < batch; g += i32(count.z)) {
  let b_base = 0 + g * 16;
  for (var row = i32(group.y) * 32; row < m; row += i32(count.y) * 32) {
  for (var column = i32(group.x) * 32; column < n; column += i32(count.x) * 32) {
    var s0_0 = vec4f();
    var s1_0 = vec4f();
    var s2_0 = vec4f();
    var s3_0 = vec4f();
    for (var panel = 0; panel < k; panel += 16) {
      for (var block = thread; block < 32; block += 64) {
        let i = block % 8; let j = block / 8;
        let p = row + i * 4;
        let q = panel + j * 4;
        for (var d = 0; d < 4; d++) { a_panel[(j * 4 + d) * 8 + i] = select(vec4f(), pixels(min(q + d, k - 1), min(p, m - 4), g), q + d < k); }
      }
      for (var block = thread; block < 32; block += 64) {
        let i = block % 8; let j = block / 8;
        let p = column + i * 4;
        let q = panel + j * 4;
        for (var d = 0; d < 4; d++) { b_panel[(j * 4 + d) * 8 + i] = select(vec4f(), b[(b_base + min(p, n - 4) + (min(q + d, k - 1)) * 16) / 4], q + d < k); }
      }
      workgroupBarrier();
      for (var d = 0; d < 16; d++) {
        let a0 = a_panel[d * 8 + 0 + y];
        let b0 = b_panel[d * 8 + 0 + x];
        s0_0 = fma(vec4f(a0.x), b0, s0_0);
        s1_0 = fma(vec4f(a0.y), b0, s1_0);
        s2_0 = fma(vec4f(a0.z), b0, s2_0);
        s3_0 = fma(vec4f(a0.w), b0, s3_0);
      }
      workgroupBarrier();
    }
    store(g, row + (0 + y) * 4 + 0, column + (0 + x) * 4, s0_0);
    store(g, row + (0 + y) * 4 + 1, column + (0 + x) * 4, s1_0);
    store(g, row + (0 + y) * 4 + 2, column + (0 + x) * 4, s2_0);
    store(g, row + (0 + y) * 4 + 3, column + (0 + x) * 4, s3_0);
  }
  }
  }
}
