// sum of all; workgroups [{"times":1,"words":[],"per":1},{"times":1,"words":[0],"per":4096,"most":256},{"times":1,"words":[],"per":1}]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> workspace: array<u32>;
struct Sizes { s0: i32 }
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> f32_0: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let slot = local;
  let worthwhile = (u32(sizes.s0) + 4095u) / 4096u;
  let slices = select(min(worthwhile, 256u), 1u, worthwhile < 4u);
  let slice = group.y;
  if (slice >= slices) { return; }
  let v0 = sizes.s0;
  let v1 = 0f;
  var partial6 = 0f;
  let end2 = u32(v0);
  for (var at2 = slice * 256u + slot; at2 < end2; at2 += 256u * slices) {
    let v2 = i32(at2);
    let v3 = partial6;
    let v4 = b0[v2];
    let v5 = bitcast<f32>(bitcast<u32>(v3 + v4) | zero);
    partial6 = v5;
  }
  f32_0[local] = partial6;
  workgroupBarrier();
  if (slot < 16u) {
    for (var distance = 16u; distance < 256u; distance += 16u) {
      let held0 = f32_0[local + distance];
      partial6 = bitcast<f32>(bitcast<u32>(partial6 + held0) | zero);
    }
    f32_0[local] = partial6;
  }
  workgroupBarrier();
  let first6 = f32_0[0u];
  var joined6 = first6;
  for (var distance = 1u; distance < 16u; distance += 1u) {
    let held0 = f32_0[distance];
    joined6 = bitcast<f32>(bitcast<u32>(joined6 + held0) | zero);
  }
  if (slot == 0u) {
    workspace[slice] = bitcast<u32>(joined6);
  }
}

// sum of all; workgroups [{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1},{"times":1,"words":[],"per":1}]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> workspace: array<u32>;
struct Sizes { s0: i32 }
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> f32_0: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) count: vec3u) {
  let zero = count.x >> 30u;
  let slot = local;
  let worthwhile = (u32(sizes.s0) + 4095u) / 4096u;
  let slices = select(min(worthwhile, 256u), 1u, worthwhile < 4u);
  let v1 = 0f;
  var partial6 = 0f;
  for (var part = slot; part < slices; part += 256u) {
    let next6 = bitcast<f32>(workspace[part]);
    partial6 = bitcast<f32>(bitcast<u32>(partial6 + next6) | zero);
  }
  f32_0[local] = partial6;
  workgroupBarrier();
  if (slot < 16u) {
    for (var distance = 16u; distance < 256u; distance += 16u) {
      let held0 = f32_0[local + distance];
      partial6 = bitcast<f32>(bitcast<u32>(partial6 + held0) | zero);
    }
    f32_0[local] = partial6;
  }
  workgroupBarrier();
  let first6 = f32_0[0u];
  var joined6 = first6;
  for (var distance = 1u; distance < 16u; distance += 1u) {
    let held0 = f32_0[distance];
    joined6 = bitcast<f32>(bitcast<u32>(joined6 + held0) | zero);
  }
  let v6 = bitcast<f32>(bitcast<u32>(v1 + joined6) | zero);
  let v7 = 0i;
  let v8 = 0.5f;
  let v9 = bitcast<f32>(bitcast<u32>(v6 * v8) | zero);
  if (slot == 0u) {
    b1[v7] = v9;
  }
}
