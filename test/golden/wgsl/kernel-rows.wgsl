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
  var kept0_0: vec4f;
  var kept0_1: vec4f;
  var kept0_2: vec4f;
  var kept0_3: vec4f;
  var kept0_4: vec4f;
  var kept0_5: vec4f;
  var kept0_6: vec4f;
  var kept0_7: vec4f;
  var kept0_8: vec4f;
  var kept0_9: vec4f;
  var kept0_10: vec4f;
  var kept0_11: vec4f;
  var kept0_12: vec4f;
  var kept0_13: vec4f;
  var kept0_14: vec4f;
  var kept0_15: vec4f;
  let at4_0 = slot + 0u;
  {
    let v4 = i32(at4_0) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_0 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_1 = slot + 16u;
  {
    let v4 = i32(at4_1) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_1 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_2 = slot + 32u;
  {
    let v4 = i32(at4_2) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_2 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_3 = slot + 48u;
  {
    let v4 = i32(at4_3) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_3 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_4 = slot + 64u;
  {
    let v4 = i32(at4_4) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_4 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_5 = slot + 80u;
  {
    let v4 = i32(at4_5) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_5 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_6 = slot + 96u;
  {
    let v4 = i32(at4_6) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_6 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_7 = slot + 112u;
  {
    let v4 = i32(at4_7) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_7 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_8 = slot + 128u;
  {
    let v4 = i32(at4_8) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_8 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_9 = slot + 144u;
  {
    let v4 = i32(at4_9) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_9 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_10 = slot + 160u;
  {
    let v4 = i32(at4_10) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_10 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_11 = slot + 176u;
  {
    let v4 = i32(at4_11) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_11 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_12 = slot + 192u;
  {
    let v4 = i32(at4_12) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_12 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_13 = slot + 208u;
  {
    let v4 = i32(at4_13) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_13 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_14 = slot + 224u;
  {
    let v4 = i32(at4_14) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_14 = v8;
    let v9 = max_f32_x4(v5, v8);
    partial10 = v9;
  }
  let at4_15 = slot + 240u;
  if (at4_15 < 250u) {
    let v4 = i32(at4_15) * 4;
    let v5 = partial10;
    let v7 = v4 + v6;
    let v8 = b0[u32(v7) / 4u];
    kept0_15 = v8;
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
  let at12_0 = slot + 0u;
  {
    let v12 = i32(at12_0) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_0;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_1 = slot + 16u;
  {
    let v12 = i32(at12_1) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_1;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_2 = slot + 32u;
  {
    let v12 = i32(at12_2) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_2;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_3 = slot + 48u;
  {
    let v12 = i32(at12_3) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_3;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_4 = slot + 64u;
  {
    let v12 = i32(at12_4) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_4;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_5 = slot + 80u;
  {
    let v12 = i32(at12_5) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_5;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_6 = slot + 96u;
  {
    let v12 = i32(at12_6) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_6;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_7 = slot + 112u;
  {
    let v12 = i32(at12_7) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_7;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_8 = slot + 128u;
  {
    let v12 = i32(at12_8) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_8;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_9 = slot + 144u;
  {
    let v12 = i32(at12_9) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_9;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_10 = slot + 160u;
  {
    let v12 = i32(at12_10) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_10;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_11 = slot + 176u;
  {
    let v12 = i32(at12_11) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_11;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_12 = slot + 192u;
  {
    let v12 = i32(at12_12) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_12;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_13 = slot + 208u;
  {
    let v12 = i32(at12_13) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_13;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_14 = slot + 224u;
  {
    let v12 = i32(at12_14) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_14;
    let v16 = bitcast<vec4f>(bitcast<vec4u>(v15 - vec4f(v10)) | vec4u(zero));
    let v17 = bitcast<vec4f>(bitcast<vec4u>(v13 + v16) | vec4u(zero));
    partial18 = v17;
  }
  let at12_15 = slot + 240u;
  if (at12_15 < 250u) {
    let v12 = i32(at12_15) * 4;
    let v13 = partial18;
    let v14 = v6 + v12;
    let v15 = kept0_15;
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
  let at19_0 = slot + 0u;
  {
    let v19 = i32(at19_0) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_0;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_1 = slot + 16u;
  {
    let v19 = i32(at19_1) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_1;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_2 = slot + 32u;
  {
    let v19 = i32(at19_2) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_2;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_3 = slot + 48u;
  {
    let v19 = i32(at19_3) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_3;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_4 = slot + 64u;
  {
    let v19 = i32(at19_4) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_4;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_5 = slot + 80u;
  {
    let v19 = i32(at19_5) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_5;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_6 = slot + 96u;
  {
    let v19 = i32(at19_6) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_6;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_7 = slot + 112u;
  {
    let v19 = i32(at19_7) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_7;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_8 = slot + 128u;
  {
    let v19 = i32(at19_8) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_8;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_9 = slot + 144u;
  {
    let v19 = i32(at19_9) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_9;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_10 = slot + 160u;
  {
    let v19 = i32(at19_10) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_10;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_11 = slot + 176u;
  {
    let v19 = i32(at19_11) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_11;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_12 = slot + 192u;
  {
    let v19 = i32(at19_12) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_12;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_13 = slot + 208u;
  {
    let v19 = i32(at19_13) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_13;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_14 = slot + 224u;
  {
    let v19 = i32(at19_14) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_14;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
  let at19_15 = slot + 240u;
  if (at19_15 < 250u) {
    let v19 = i32(at19_15) * 4;
    let v20 = v6 + v19;
    let v21 = kept0_15;
    let v22 = bitcast<vec4f>(bitcast<vec4u>(v21 - vec4f(v10)) | vec4u(zero));
    let v23 = bitcast<vec4f>(bitcast<vec4u>(v22 / vec4f(v18)) | vec4u(zero));
    if (inside) { b1[u32(v20) / 4u] = v23; }
  }
}
