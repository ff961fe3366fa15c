// Who hears of the loss of a device, for as long as they want to. `device.lost` itself would hold a listener for as long as the device lives.

type Listener = (why: string) => void;

const listeners = new WeakMap<GPUDevice, Set<Listener>>();

/** Calls `listener` when the device is lost, until what is returned is called. */
export function watchLoss(device: GPUDevice, listener: Listener): () => void {
  const all = listeners.get(device) ?? listenTo(device);
  all.add(listener);
  return () => all.delete(listener);
}

/** A function of its own: the closure here lives as long as the device, and with it all that stands in its scope. */
function listenTo(device: GPUDevice): Set<Listener> {
  const all = new Set<Listener>();
  listeners.set(device, all);
  void device.lost.then(({ message, reason }) => all.forEach((each) => each(message || reason)));
  return all;
}
