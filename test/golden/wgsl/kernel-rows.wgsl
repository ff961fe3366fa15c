// normalized rows; workgroups [{"times":1,"words":[0],"per":4},{"times":1,"words":[],"per":1},{"times":1,"words":[0],"per":262140}]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
struct Sizes { s0: i32, s1: i32 }
@group(0) @binding(2) var<uniform> sizes: Sizes;
var<workgroup> f32_0: array<vec4f, 64>;
fn is_nan(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }
fn less_or_zero(a: f32, b: f32) -> bool { let x = bitcast<i32>(a); let y = bitcast<i32>(b); return (x ^ ((x >> 31u) & 0x7fffffff)) < (y ^ ((y >> 31u) & 0x7fffffff)); }
fn max_f32(a: f32, b: f32) -> f32 { return select(b, a, (less_or_zero(b, a) & !is_nan(b)) | is_nan(a)); }
fn is_nan_x4(a: vec4f) -> vec4<bool> { return (bitcast<vec4u>(a) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }
fn less_or_zero_x4(a: vec4f, b: vec4f) -> vec4<bool> { let x = bitcast<vec4i>(a); let y = bitcast<vec4i>(b); return (x ^ ((x >> vec4u(31u)) & vec4i(0x7fffffff))) < (y ^ ((y >> vec4u(31u)) & vec4i(0x7fffffff))); }
fn max_f32_x4(a: vec4f, b: vec4f) -> vec4f { return select(b, a, (less_or_zero_x4(b, a) & !is_nan_x4(b)) | is_nan_x4(a)); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let slot = local % 16u;
  let column = local / 16u;
  let base = local - slot;
  let v0 = sizes.s0;
  let v1 = 1000i;
  let v3 = bitcast<f32>(0xff800000u | zero);
  let v11 = 0f;
  let total = u32(v0);
  let first = (group.x + group.z * count.x) * 4u;
  if (first >= total) { return; }
  let inside = first + column < total;
  let at = min(first + column, total - 1u);
  let v2 = i32(at);
  let v6 = v1 * v2;
  var partial10 = vec4f(bitcast<f32>(0xff800000u | zero));
  let end4 = select(0u, (u32(v1) / 4u), inside);
  for (var at4 = slot; at4 < end4; at4 += 16u) {
    let v4 = i32(at4) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  f32_0[local] = partial10;
  workgroupBarrier();
  if (slot < 2u) {
    for (var distance = 2u; distance < 16u; distance += 2u) {
      let held0 = f32_0[local + distance];
      partial10 = max_f32_x4(partial10, held0);
    }
    f32_0[local] = partial10;
  }
  workgroupBarrier();
  let first10 = f32_0[base];
  var joined10 = first10.x;
  joined10 = max_f32(joined10, first10.y);
  joined10 = max_f32(joined10, first10.z);
  joined10 = max_f32(joined10, first10.w);
  for (var distance = 1u; distance < 2u; distance += 1u) {
    let held0 = f32_0[base + distance];
    joined10 = max_f32(joined10, held0.x);
    joined10 = max_f32(joined10, held0.y);
    joined10 = max_f32(joined10, held0.z);
    joined10 = max_f32(joined10, held0.w);
  }
  let v10 = max_f32(v3, joined10);
  var partial18 = vec4f(0f);
  let end12 = select(0u, (u32(v1) / 4u), inside);
  for (var at12 = slot; at12 < end12; at12 += 16u) {
    let v12 = i32(at12) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = b0[u32(v14) / 4u];
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  workgroupBarrier();
  f32_0[local] = partial18;
  workgroupBarrier();
  if (slot < 2u) {
    for (var distance = 2u; distance < 16u; distance += 2u) {
      let held0 = f32_0[local + distance];
      partial18 = bitcast<vec4f>(bitcast<vec4u>(partial18 + held0) | vec4u(zero));
    }
    f32_0[local] = partial18;
  }
  workgroupBarrier();
  let first18 = f32_0[base];
  var joined18 = first18.x;
  joined18 = bitcast<f32>(bitcast<u32>(joined18 + first18.y) | zero);
  joined18 = bitcast<f32>(bitcast<u32>(joined18 + first18.z) | zero);
  joined18 = bitcast<f32>(bitcast<u32>(joined18 + first18.w) | zero);
  for (var distance = 1u; distance < 2u; distance += 1u) {
    let held0 = f32_0[base + distance];
    joined18 = bitcast<f32>(bitcast<u32>(joined18 + held0.x) | zero);
    joined18 = bitcast<f32>(bitcast<u32>(joined18 + held0.y) | zero);
    joined18 = bitcast<f32>(bitcast<u32>(joined18 + held0.z) | zero);
    joined18 = bitcast<f32>(bitcast<u32>(joined18 + held0.w) | zero);
  }
  let v18 = bitcast<f32>(bitcast<u32>(v11 + joined18) | zero);
  let end19 = select(0u, (u32(v1) / 4u), inside);
  for (var at19 = slot; at19 < end19; at19 += 16u) {
    let v19 = i32(at19) * 4;
    let v20 = v6 + v19;
    let v21 = b0[u32(v20) / 4u];
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    b1[u32(v20) / 4u] = v23;
  }
}
