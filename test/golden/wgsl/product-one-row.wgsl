// product with 1 rows; workgroups [{"times":1,"words":[2],"per":32},{"times":1,"words":[0],"per":1},{"times":1,"words":[],"per":1}]
struct Sizes { batch: i32, m: i32, n: i32, k: i32, a_offset: i32, a_batch: i32, a_row: i32, a_column: i32, b_offset: i32, b_batch: i32, b_row: i32, b_column: i32 }
@group(0) @binding(0) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b: array<vec4f>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
var<workgroup> partial: array<array<vec4f, 256>, 1>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  let batch = 1; let m = 1; let n = 4096; let k = 4096;
  let thread = i32(index);
  let output = thread % 8;
  let slice = thread / 8;
  for (var g = i32(group.y); g < batch; g += i32(count.y)) {
  let a_base = 0 + g * 4096; let b_base = 0 + g * 16777216;
  for (var first = i32(group.x) * 32; first < n; first += i32(count.x) * 32) {
    let p = first + output * 4;
    let inside = min(p, n - 4);
    var s0 = vec4f();
    for (var d = slice * 4; d < k; d += 128) {
      let f0 = a[(a_base + 0 + d) / 4];
      let w0 = b[(b_base + inside + (d + 0) * 4096) / 4];
      let w1 = b[(b_base + inside + (d + 1) * 4096) / 4];
      let w2 = b[(b_base + inside + (d + 2) * 4096) / 4];
      let w3 = b[(b_base + inside + (d + 3) * 4096) / 4];
      s0 = fma(vec4f(f0.x), w0, s0);
      s0 = fma(vec4f(f0.y), w1, s0);
      s0 = fma(vec4f(f0.z), w2, s0);
      s0 = fma(vec4f(f0.w), w3, s0);
    }
    partial[0][thread] = s0;
    for (var half = 16; half > 0; half /= 2) {
      workgroupBarrier();
      if (slice < half) {
        let other = thread + half * 8;
        partial[0][thread] += partial[0][other];
      }
    }
    if (slice == 0) {
      if (p + 0 < n) { c[g * (m * n) + 0 * n + p + 0] = partial[0][thread].x; }
      if (p + 1 < n) { c[g * (m * n) + 0 * n + p + 1] = partial[0][thread].y; }
      if (p + 2 < n) { c[g * (m * n) + 0 * n + p + 2] = partial[0][thread].z; }
      if (p + 3 < n) { c[g * (m * n) + 0 * n + p + 3] = partial[0][thread].w; }
    }
    workgroupBarrier();
  }
  }
}
