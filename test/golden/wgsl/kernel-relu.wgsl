// relu of rows; workgroups [{"times":12,"words":[0],"per":64},{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1}]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
struct Sizes { s0: i32 }
@group(0) @binding(2) var<uniform> sizes: Sizes;
fn is_nan(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }
fn less_or_zero(a: f32, b: f32) -> bool { let x = bitcast<i32>(a); let y = bitcast<i32>(b); return (x ^ ((x >> 31u) & 0x7fffffff)) < (y ^ ((y >> 31u) & 0x7fffffff)); }
fn max_f32(a: f32, b: f32) -> f32 { return select(b, a, (less_or_zero(b, a) & !is_nan(b)) | is_nan(a)); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let v0 = 12i;
  let v1 = sizes.s0;
  let v7 = 2f;
  let v11 = 0f;
  let total = u32(v1) * u32(v0);
  for (var at = id.x; at < total; at += count.x * 64u) {
    let v2 = i32(at / u32(v0));
    let v4 = v0 * v2;
    let v3 = i32(at % u32(v0));
    let v5 = v3 + v4;
    let v6 = b0[v5];
    let v8 = bitcast<f32>(bitcast<u32>(v6 * v7) | zero);
    let v9 = b1[v3];
    let v10 = bitcast<f32>(bitcast<u32>(v8 + v9) | zero);
    let v12 = max_f32(v10, v11);
    b0[v5] = v12;
  }
}
