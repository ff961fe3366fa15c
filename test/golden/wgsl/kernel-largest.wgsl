// largest of rows; workgroups [{"times":1,"words":[0],"per":2},{"times":1,"words":[],"per":1},{"times":1,"words":[0],"per":131070}]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
struct Sizes { s0: i32, s1: i32 }
@group(0) @binding(2) var<uniform> sizes: Sizes;
var<workgroup> f32_0: array<f32, 64>;
fn is_nan(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }
fn less_or_zero(a: f32, b: f32) -> bool { let x = bitcast<i32>(a); let y = bitcast<i32>(b); return (x ^ ((x >> 31u) & 0x7fffffff)) < (y ^ ((y >> 31u) & 0x7fffffff)); }
fn max_f32(a: f32, b: f32) -> f32 { return select(b, a, (less_or_zero(b, a) & !is_nan(b)) | is_nan(a)); }
fn either_nan(a: f32, b: f32) -> bool { return max(bitcast<u32>(a) & 0x7fffffffu, bitcast<u32>(b) & 0x7fffffffu) > 0x7f800000u; }
fn place(a: f32) -> i32 { let bits = bitcast<u32>(a); return bitcast<i32>(select(bits, 0x80000000u - bits, bits > 0x7fffffffu)); }
fn equal(a: f32, b: f32) -> bool { return (place(a) == place(b)) & !either_nan(a, b); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let slot = local % 32u;
  let column = local / 32u;
  let base = local - slot;
  let v0 = sizes.s0;
  let v1 = sizes.s1;
  let v3 = bitcast<f32>(0xff800000u | zero);
  let v11 = bitcast<f32>(0x7f800000u | zero);
  let total = u32(v0);
  let first = (group.x + group.z * count.x) * 2u;
  if (first >= total) { return; }
  let inside = first + column < total;
  let at = min(first + column, total - 1u);
  let v2 = i32(at);
  let v6 = v1 * v2;
  var partial10 = bitcast<f32>(0xff800000u | zero);
  let end4 = select(0u, u32(v1), inside);
  for (var at4 = slot; at4 < end4; at4 += 32u) {
    let v4 = i32(at4);
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[v7];
    let v9 = max_f32(v5, v8);
    partial10 = v9;
  }
  f32_0[local] = partial10;
  workgroupBarrier();
  if (slot < 4u) {
    for (var distance = 4u; distance < 32u; distance += 4u) {
      let held0 = f32_0[local + distance];
      partial10 = max_f32(partial10, held0);
    }
    f32_0[local] = partial10;
  }
  workgroupBarrier();
  let first10 = f32_0[base];
  var joined10 = first10;
  for (var distance = 1u; distance < 4u; distance += 1u) {
    let held0 = f32_0[base + distance];
    joined10 = max_f32(joined10, held0);
  }
  let v10 = max_f32(v3, joined10);
  let v12 = equal(v10, v11);
  if (slot == 0u && inside) {
    b1[v2] = u32(v12);
  }
}
