// relu of rows; workgroups [{"times":12,"words":[0],"per":256},{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1}]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
struct Sizes { s0: i32 }
@group(0) @binding(2) var<uniform> sizes: Sizes;
fn is_nan_x4(a: vec4f) -> vec4<bool> { return (bitcast<vec4u>(a) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }
fn less_or_zero_x4(a: vec4f, b: vec4f) -> vec4<bool> { let x = bitcast<vec4i>(a); let y = bitcast<vec4i>(b); return (x ^ ((x >> vec4u(31u)) & vec4i(0x7fffffff))) < (y ^ ((y >> vec4u(31u)) & vec4i(0x7fffffff))); }
fn max_f32_x4(a: vec4f, b: vec4f) -> vec4f { return select(b, a, (less_or_zero_x4(b, a) & !is_nan_x4(b)) | is_nan_x4(a)); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let v0 = 12i;
  let v1 = sizes.s0;
  let v7 = 2f;
  let v11 = 0f;
  let total = 3u * u32(sizes.s0);
  for (var at = id.x; at < total; at += count.x * 64u) {
    let v6 = b0[at];
    let v8 = bitcast<vec4f>(bitcast<vec4u>(v6 * vec4f(v7)) | vec4u(zero));
    let v9 = b1[at % 3u];
    let v10 = bitcast<vec4f>(bitcast<vec4u>(v8 + v9) | vec4u(zero));
    let v12 = max_f32_x4(v10, vec4f(v11));
    b0[at] = v12;
  }
}
