// product 64x64; workgroups [{"times":1,"words":[2],"per":64},{"times":1,"words":[1],"per":64},{"times":1,"words":[0],"per":1}]
struct Sizes { batch: i32, m: i32, n: i32, k: i32, a_offset: i32, a_batch: i32, a_row: i32, a_column: i32, b_offset: i32, b_batch: i32, b_row: i32, b_column: i32 }
@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
var<workgroup> a_panel: array<vec4f, 256>;
var<workgroup> b_panel: array<vec4f, 256>;

fn store(g: i32, row: i32, column: i32, sum: vec4f) {
  let batch = sizes.batch; let m = sizes.m; let n = sizes.n; let k = sizes.k;
  if (row >= m) { return; }
  let at = g * (m * n) + row * n + column;
  if (column + 0 < n) { c[at + 0] = sum.x; }
  if (column + 1 < n) { c[at + 1] = sum.y; }
  if (column + 2 < n) { c[at + 2] = sum.z; }
  if (column + 3 < n) { c[at + 3] = sum.w; }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  let batch = sizes.batch; let m = sizes.m; let n = sizes.n; let k = sizes.k;
  let thread = i32(index);
  let x = thread % 8;
  let y = thread / 8;
  for (var g = i32(group.z); g < batch; g += i32(count.z)) {
  let a_base = 0 + g * sizes.a_batch; let b_base = 0 + g * sizes.b_batch;
  for (var row = i32(group.y) * 64; row < m; row += i32(count.y) * 64) {
  for (var column = i32(group.x) * 64; column < n; column += i32(count.x) * 64) {
    var s0_0 = vec4f();
    var s0_1 = vec4f();
    var s1_0 = vec4f();
    var s1_1 = vec4f();
    var s2_0 = vec4f();
    var s2_1 = vec4f();
    var s3_0 = vec4f();
    var s3_1 = vec4f();
    var s4_0 = vec4f();
    var s4_1 = vec4f();
    var s5_0 = vec4f();
    var s5_1 = vec4f();
    var s6_0 = vec4f();
    var s6_1 = vec4f();
    var s7_0 = vec4f();
    var s7_1 = vec4f();
    for (var panel = 0; panel < k; panel += 16) {
      for (var block = thread; block < 64; block += 64) {
        let j = block % 4; let i = block / 4;
        let p = row + i * 4;
        let q = panel + j * 4;
        for (var d = 0; d < 4; d++) { a_panel[(j * 4 + d) * 16 + i] = select(vec4f(), vec4f(a[a_base + (min(p + 0, m - 1)) * sizes.a_row + min(q + d, k - 1)], a[a_base + (min(p + 1, m - 1)) * sizes.a_row + min(q + d, k - 1)], a[a_base + (min(p + 2, m - 1)) * sizes.a_row + min(q + d, k - 1)], a[a_base + (min(p + 3, m - 1)) * sizes.a_row + min(q + d, k - 1)]), q + d < k); }
      }
      for (var block = thread; block < 64; block += 64) {
        let i = block % 16; let j = block / 16;
        let p = column + i * 4;
        let q = panel + j * 4;
        for (var d = 0; d < 4; d++) { b_panel[(j * 4 + d) * 16 + i] = select(vec4f(), vec4f(b[b_base + min(p + 0, n - 1) + (min(q + d, k - 1)) * sizes.b_row], b[b_base + min(p + 1, n - 1) + (min(q + d, k - 1)) * sizes.b_row], b[b_base + min(p + 2, n - 1) + (min(q + d, k - 1)) * sizes.b_row], b[b_base + min(p + 3, n - 1) + (min(q + d, k - 1)) * sizes.b_row]), q + d < k); }
      }
      workgroupBarrier();
      for (var d = 0; d < 16; d++) {
        let a0 = a_panel[d * 16 + 0 + y]; let a1 = a_panel[d * 16 + 8 + y];
        let b0 = b_panel[d * 16 + 0 + x]; let b1 = b_panel[d * 16 + 8 + x];
        s0_0 = fma(vec4f(a0.x), b0, s0_0);
        s0_1 = fma(vec4f(a0.x), b1, s0_1);
        s1_0 = fma(vec4f(a0.y), b0, s1_0);
        s1_1 = fma(vec4f(a0.y), b1, s1_1);
        s2_0 = fma(vec4f(a0.z), b0, s2_0);
        s2_1 = fma(vec4f(a0.z), b1, s2_1);
        s3_0 = fma(vec4f(a0.w), b0, s3_0);
        s3_1 = fma(vec4f(a0.w), b1, s3_1);
        s4_0 = fma(vec4f(a1.x), b0, s4_0);
        s4_1 = fma(vec4f(a1.x), b1, s4_1);
        s5_0 = fma(vec4f(a1.y), b0, s5_0);
        s5_1 = fma(vec4f(a1.y), b1, s5_1);
        s6_0 = fma(vec4f(a1.z), b0, s6_0);
        s6_1 = fma(vec4f(a1.z), b1, s6_1);
        s7_0 = fma(vec4f(a1.w), b0, s7_0);
        s7_1 = fma(vec4f(a1.w), b1, s7_1);
      }
      workgroupBarrier();
    }
    store(g, row + (0 + y) * 4 + 0, column + (0 + x) * 4, s0_0);
    store(g, row + (0 + y) * 4 + 0, column + (8 + x) * 4, s0_1);
    store(g, row + (0 + y) * 4 + 1, column + (0 + x) * 4, s1_0);
    store(g, row + (0 + y) * 4 + 1, column + (8 + x) * 4, s1_1);
    store(g, row + (0 + y) * 4 + 2, column + (0 + x) * 4, s2_0);
    store(g, row + (0 + y) * 4 + 2, column + (8 + x) * 4, s2_1);
    store(g, row + (0 + y) * 4 + 3, column + (0 + x) * 4, s3_0);
    store(g, row + (0 + y) * 4 + 3, column + (8 + x) * 4, s3_1);
    store(g, row + (8 + y) * 4 + 0, column + (0 + x) * 4, s4_0);
    store(g, row + (8 + y) * 4 + 0, column + (8 + x) * 4, s4_1);
    store(g, row + (8 + y) * 4 + 1, column + (0 + x) * 4, s5_0);
    store(g, row + (8 + y) * 4 + 1, column + (8 + x) * 4, s5_1);
    store(g, row + (8 + y) * 4 + 2, column + (0 + x) * 4, s6_0);
    store(g, row + (8 + y) * 4 + 2, column + (8 + x) * 4, s6_1);
    store(g, row + (8 + y) * 4 + 3, column + (0 + x) * 4, s7_0);
    store(g, row + (8 + y) * 4 + 3, column + (8 + x) * 4, s7_1);
  }
  }
  }
}
