// product, slices 32x32; workgroups [{"times":1,"words":[2],"per":32},{"times":1,"words":[1],"per":32},{"times":1,"words":[3],"per":128,"most":256}]
struct Sizes { batch: i32, m: i32, n: i32, k: i32, a_offset: i32, a_batch: i32, a_row: i32, a_column: i32, b_offset: i32, b_batch: i32, b_row: i32, b_column: i32 }
@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<vec4f>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
var<workgroup> a_panel: array<vec4f, 128>;
var<workgroup> b_panel: array<vec4f, 128>;

fn store(g: i32, row: i32, column: i32, sum: vec4f) {
  let batch = 1; let m = 25; let n = 20; let k = sizes.k;
  if (row >= m) { return; }
  let at = g * (m * n) + row * n + column;
  if (column < n) { c[at / 4] = sum; }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  let batch = 1; let m = 25; let n = 20; let k = sizes.k; let worthwhile = (k + 127) / 128; let slices = select(min(worthwhile, 256), 1, worthwhile < 4); let length = (k + slices * 16 - 1) / (slices * 16) * 16;
  let thread = i32(index);
  let x = thread % 8;
  let y = thread / 8;
  for (var part = i32(group.z); part < batch * slices; part += i32(count.z)) {
  let g = part / slices; let start = part % slices * length; let end = min(k, start + length);
  let a_base = 0 + g * 0; let b_base = 0 + g * 0;
  for (var row = i32(group.y) * 32; row < m; row += i32(count.y) * 32) {
  for (var column = i32(group.x) * 32; column < n; column += i32(count.x) * 32) {
    var s0_0 = vec4f();
    var s1_0 = vec4f();
    var s2_0 = vec4f();
    var s3_0 = vec4f();
    for (var panel = start; panel < end; panel += 16) {
      for (var block = thread; block < 32; block += 64) {
        let i = block % 8; let j = block / 8;
        let p = row + i * 4;
        let q = panel + j * 4;
        for (var d = 0; d < 4; d++) { a_panel[(j * 4 + d) * 8 + i] = select(vec4f(), vec4f(a[a_base + min(p + 0, m - 1) + (min(q + d, k - 1)) * 25], a[a_base + min(p + 1, m - 1) + (min(q + d, k - 1)) * 25], a[a_base + min(p + 2, m - 1) + (min(q + d, k - 1)) * 25], a[a_base + min(p + 3, m - 1) + (min(q + d, k - 1)) * 25]), q + d < k); }
      }
      for (var block = thread; block < 32; block += 64) {
        let i = block % 8; let j = block / 8;
        let p = column + i * 4;
        let q = panel + j * 4;
        for (var d = 0; d < 4; d++) { b_panel[(j * 4 + d) * 8 + i] = select(vec4f(), b[(b_base + min(p, n - 4) + (min(q + d, k - 1)) * 20) / 4], q + d < k); }
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
    store(part, row + (0 + y) * 4 + 0, column + (0 + x) * 4, s0_0);
    store(part, row + (0 + y) * 4 + 1, column + (0 + x) * 4, s1_0);
    store(part, row + (0 + y) * 4 + 2, column + (0 + x) * 4, s2_0);
    store(part, row + (0 + y) * 4 + 3, column + (0 + x) * 4, s3_0);
  }
  }
  }
}

// product, sum of slices; workgroups [{"times":500,"words":[],"per":32},{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1}]
struct Sizes { batch: i32, m: i32, n: i32, k: i32, a_offset: i32, a_batch: i32, a_row: i32, a_column: i32, b_offset: i32, b_batch: i32, b_row: i32, b_column: i32 }
@group(0) @binding(0) var<storage, read_write> partial: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
var<workgroup> shares: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  let batch = 1; let m = 25; let n = 20; let k = sizes.k; let worthwhile = (k + 127) / 128; let slices = select(min(worthwhile, 256), 1, worthwhile < 4); let length = (k + slices * 16 - 1) / (slices * 16) * 16;
  let share = i32(index) / 32;
  for (var first = i32(group.x) * 32; first < 500; first += i32(count.x) * 32) {
    let at = first + i32(index) % 32;
    let g = at / 500; let row = at % 500 / 20; let column = at % 20;
    var sum = 0.0;
    if (at < 500) {
      for (var slice = share; slice < slices; slice += 8) { sum += partial[(g * slices + slice) * 500 + at % 500]; }
    }
    shares[index] = sum;
    for (var half = 4; half > 0; half /= 2) {
      workgroupBarrier();
      if (share < half) { shares[index] += shares[i32(index) + half * 32]; }
    }
    sum = shares[index];
    if (share == 0 && at < 500) {
      let to = g * (m * n) + row * n + column;
      c[to] = sum;
    }
    workgroupBarrier();
  }
}
