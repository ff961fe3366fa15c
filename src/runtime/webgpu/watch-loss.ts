// Who hears of the loss of a device, for as long as they want to.

const listeners = new WeakMap<GPUDevice, Set<(why: string) => void>>();

/** Calls `listener` when the device is lost, until what is returned is called. `device.lost` itself would hold a listener for as long as the device lives. */
export function watchLoss(device: GPUDevice, listener: (why: string) => void): () => void {
  let all = listeners.get(device);
  if (all === undefined) {
    const made = all = new Set();
    listeners.set(device, made);
    void device.lost.then(({ message, reason }) => made.forEach((each) => each(message || reason)));
  }
  all.add(listener);
  return () => all.delete(listener);
}
