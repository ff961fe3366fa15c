// Whether neighbours of a workgroup are neighbours in a subgroup. WGSL leaves it open, and drivers do as they like: so a device is asked, once.

/** The feature that subgroups need, asked for where there is one. */
export const subgroupsFeature = "subgroups";

/** No team that adds up without barriers is larger; adapters have up to 128. */
const most = 64;

const known = new WeakMap<GPUDevice, Promise<number>>();

/** So many invocations of a workgroup, aligned, are side by side in one subgroup, after loops of different lengths, too. 1: that does not hold, or there are no subgroups. */
export function countSubgroupNeighbours(device: GPUDevice): Promise<number> {
  let count = known.get(device);
  if (count === undefined) known.set(device, count = probe(device));
  return count;
}

async function probe(device: GPUDevice): Promise<number> {
  const { subgroupMinSize = 1 } = device.adapterInfo;
  const members = Math.min(most, subgroupMinSize);
  if (!device.features.has(subgroupsFeature) || members < 2) return 1;
  // The usages are numbers of GPUBufferUsage: storage and copied from; mapped and copied to.
  const [faults, staging] = [device.createBuffer({ size: 4, usage: 0x84 }), device.createBuffer({ size: 4, usage: 9 })];
  try {
    const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code: probeShader(members) }) } });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: faults } }] }));
    pass.dispatchWorkgroups(2);
    pass.end();
    encoder.copyBufferToBuffer(faults, 0, staging, 0, 4);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    return new Uint32Array(staging.getMappedRange())[0] === 0 ? members : 1;
  } catch {
    // What cannot be asked is not relied on; a device that was lost tells whoever uses it next.
    return 1;
  } finally {
    faults.destroy();
    staging.destroy();
  }
}

/** Each invocation counts, in a loop as long as its number says, and then looks at the counts of its neighbours. */
function probeShader(members: number): string {
  return `enable subgroups;
@group(0) @binding(0) var<storage, read_write> faults: atomic<u32>;
fn turns(local: u32) -> u32 { return (local * 2654435761u) >> 27u; }
@compute @workgroup_size(256) fn main(@builtin(local_invocation_index) local: u32, @builtin(subgroup_invocation_id) lane: u32) {
  var count = local;
  for (var i = 0u; i < turns(local); i++) { count = count * 3u + i; }
  for (var distance = 0u; distance < ${members}u; distance++) {
    let seen = subgroupShuffle(count, lane - local % ${members}u + distance);
    let neighbour = local - local % ${members}u + distance;
    var expected = neighbour;
    for (var i = 0u; i < turns(neighbour); i++) { expected = expected * 3u + i; }
    if (seen != expected) { atomicAdd(&faults, 1u); }
  }
}`;
}
