// means of columns; workgroups [{"times":64,"words":[],"per":64},{"times":1,"words":[0],"per":64,"most":256},{"times":64,"words":[],"per":4194240}]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> workspace: array<vec4u>;
struct Sizes { s0: i32 }
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> f32_0: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let slot = local / 16u;
  let column = local % 16u;
  let base = column;
  let v0 = sizes.s0;
  let v1 = 64i;
  let v2 = f32(v0);
  let v4 = 0f;
  let total = (u32(v1) / 4u);
  let worthwhile = (u32(sizes.s0) + 63u) / 64u;
  let slices = select(min(worthwhile, 256u), 1u, worthwhile < 4u);
  let slice = group.y;
  if (slice >= slices) { return; }
  let first = (group.x + group.z * count.x) * 16u;
  if (first >= total) { return; }
  let inside = first + column < total;
  let at = min(first + column, total - 1u);
  let v3 = i32(at) * 4;
  var partial11 = vec4f(0f);
  let end5 = select(0u, u32(v0), inside);
  for (var at5 = slice * 4u + slot; at5 < end5; at5 += 4u * slices) {
    let v5 = i32(at5);
    let v6 = partial11;
    let v7 = v1 * v5;
    let v8 = v3 + v7;
    let v9 = b0[u32(v8) / 4u];
    let v10 = bitcast<vec4f>(bitcast<vec4u>(v6 + v9) | vec4u(zero));
    partial11 = v10;
  }
  f32_0[local] = partial11;
  workgroupBarrier();
  let first11 = f32_0[base];
  var joined11 = first11;
  for (var distance = 16u; distance < 64u; distance += 16u) {
    let held0 = f32_0[base + distance];
    joined11 = bitcast<vec4f>(bitcast<vec4u>(joined11 + held0) | vec4u(zero));
  }
  if (slot == 0u && inside) {
    workspace[slice * 16u + at] = bitcast<vec4u>(joined11);
  }
}

// means of columns; workgroups [{"times":64,"words":[],"per":64},{"times":1,"words":[],"per":1},{"times":64,"words":[],"per":4194240}]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> workspace: array<vec4u>;
struct Sizes { s0: i32 }
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> f32_0: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let slot = local / 16u;
  let column = local % 16u;
  let base = column;
  let v0 = sizes.s0;
  let v1 = 64i;
  let v2 = f32(v0);
  let v4 = 0f;
  let total = (u32(v1) / 4u);
  let worthwhile = (u32(sizes.s0) + 63u) / 64u;
  let slices = select(min(worthwhile, 256u), 1u, worthwhile < 4u);
  let first = (group.x + group.z * count.x) * 16u;
  if (first >= total) { return; }
  let inside = first + column < total;
  let at = min(first + column, total - 1u);
  let v3 = i32(at) * 4;
  var partial11 = vec4f(0f);
  for (var part = slot; part < slices; part += 4u) {
    let next11 = bitcast<vec4f>(workspace[part * 16u + at]);
    partial11 = bitcast<vec4f>(bitcast<vec4u>(partial11 + next11) | vec4u(zero));
  }
  f32_0[local] = partial11;
  workgroupBarrier();
  let first11 = f32_0[base];
  var joined11 = first11;
  for (var distance = 16u; distance < 64u; distance += 16u) {
    let held0 = f32_0[base + distance];
    joined11 = bitcast<vec4f>(bitcast<vec4u>(joined11 + held0) | vec4u(zero));
  }
  let v11 = bitcast<vec4f>(bitcast<vec4u>(vec4f(v4) + joined11) | vec4u(zero));
  let v12 = bitcast<vec4f>(bitcast<vec4u>(v11 / vec4f(v2)) | vec4u(zero));
  if (slot == 0u && inside) {
    b1[u32(v3) / 4u] = v12;
  }
}
