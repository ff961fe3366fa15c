// largest of rows; workgroups [{"times":1,"words":[0],"per":64},{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1}]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
struct Sizes { s0: i32, s1: i32 }
@group(0) @binding(2) var<uniform> sizes: Sizes;
fn is_nan(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }
fn less_or_zero(a: f32, b: f32) -> bool { let x = bitcast<i32>(a); let y = bitcast<i32>(b); return (x ^ ((x >> 31u) & 0x7fffffff)) < (y ^ ((y >> 31u) & 0x7fffffff)); }
fn max_f32(a: f32, b: f32) -> f32 { return select(b, a, (less_or_zero(b, a) & !is_nan(b)) | is_nan(a)); }
fn either_nan(a: f32, b: f32) -> bool { return max(bitcast<u32>(a) & 0x7fffffffu, bitcast<u32>(b) & 0x7fffffffu) > 0x7f800000u; }
fn place(a: f32) -> i32 { let bits = bitcast<u32>(a); return bitcast<i32>(select(bits, 0x80000000u - bits, bits > 0x7fffffffu)); }
fn equal(a: f32, b: f32) -> bool { return (place(a) == place(b)) & !either_nan(a, b); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let v0 = sizes.s0;
  let v1 = sizes.s1;
  let v3 = bitcast<f32>(0xff800000u | zero);
  let v11 = bitcast<f32>(0x7f800000u | zero);
  let total = u32(v0);
  for (var at = id.x; at < total; at += count.x * 64u) {
    let v2 = i32(at);
    let v6 = v1 * v2;
    let identity10 = bitcast<f32>(0xff800000u | zero);
    var lanes10 = array<f32, 8>(identity10, identity10, identity10, identity10, identity10, identity10, identity10, identity10);
    for (var v4 = 0; v4 < v1; v4++) {
      let v5 = lanes10[v4 % 8];
      let v7 = v4 + v6;
      let v8 = b0[v7];
      let v9 = max_f32(v5, v8);
      lanes10[v4 % 8] = v9;
    }
    for (var half = 4; half > 0; half /= 2) {
      for (var lane = 0; lane < half; lane++) {
        let low = lanes10[lane];
        let high = lanes10[lane + half];
        lanes10[lane] = max_f32(low, high);
      }
    }
    let joined10 = lanes10[0];
    let v10 = max_f32(v3, joined10);
    let v12 = equal(v10, v11);
    b1[v2] = u32(v12);
  }
}
