// How long a device spends in compute passes, by its own clock: two timestamps around each pass that an engine encodes.

const mostPasses = 2048;
/** So many runs, or as many as take so long. */
const [mostRuns, enoughMs] = [8, 50];

export interface PassClock {
  /** Milliseconds in passes, per run; undefined if one run has more passes than are counted. */
  timeRuns(run: () => Promise<void>, finish: () => Promise<void>): Promise<number | undefined>;
}

/** Of the passes that are encoded while runs are timed; of other devices there are none meanwhile. */
let timing: { readonly querySet: GPUQuerySet; passes: number } | undefined;

/** Once, before the first device. */
export function watchPasses(): void {
  const { beginComputePass } = GPUCommandEncoder.prototype;
  GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
    if (timing === undefined || ++timing.passes > mostPasses) return beginComputePass.call(this, descriptor);
    const end = 2 * timing.passes - 1;
    return beginComputePass.call(this, { ...descriptor, timestampWrites: { querySet: timing.querySet, beginningOfPassWriteIndex: end - 1, endOfPassWriteIndex: end } });
  };
}

export function openPassClock(device: GPUDevice): PassClock {
  const bytes = mostPasses * 16;
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * mostPasses });
  const resolved = device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });

  async function time(runs: number, run: () => Promise<void>, finish: () => Promise<void>): Promise<{ readonly ms: number; readonly passes: number }> {
    const own = (timing = { querySet, passes: 0 });
    try {
      for (let i = 0; i < runs; i++) await run();
      await finish();
    } finally {
      timing = undefined;
    }
    const { passes } = own;
    const counted = Math.min(passes, mostPasses);
    if (counted === 0) return { ms: 0, passes };
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(querySet, 0, 2 * counted, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16 * counted);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, 16 * counted);
    const stamps = new BigUint64Array(staging.getMappedRange(0, 16 * counted).slice(0));
    staging.unmap();
    let nanoseconds = 0;
    for (let i = 0; i < counted; i++) nanoseconds += Number(stamps[2 * i + 1]! - stamps[2 * i]!);
    return { ms: nanoseconds / 1e6, passes };
  }

  return {
    async timeRuns(run, finish) {
      const { ms, passes } = await time(1, run, finish);
      if (passes > mostPasses) return undefined;
      const runs = Math.max(1, Math.min(mostRuns, Math.floor(mostPasses / Math.max(1, passes)), Math.ceil(enoughMs / ms)));
      return runs === 1 ? ms : (await time(runs, run, finish)).ms / runs;
    },
  };
}
