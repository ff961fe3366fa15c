// `damo/load-webgpu`: runs a bundle that `damo build --target wgsl` wrote. Shipped as one file of at most 6 KB that imports nothing at first: Dawn in Node, and ir/half for models with halves.
// docs/webgpu.md describes bundles.

export type { DType, Feed, TensorSignature, Value } from "./load-feeds.ts";
export { load } from "./load-webgpu/load.ts";
export type { DeviceFeeds, DeviceValue, LoadedFunction, LoadedModel, LoadOptions, Signature } from "./load-webgpu/loaded-model.ts";
