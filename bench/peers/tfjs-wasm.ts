// TensorFlow.js on its WebAssembly backend (XNNPACK), one thread, with the gradients of tfjs-gradients.

import { dirname } from "node:path";
import { createRequire } from "node:module";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { startEngine } from "./tfjs.ts";
import { registerGradients } from "./tfjs-gradients.ts";

setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
setThreadsCount(1);

export const engine = await startEngine("wasm", { read: (tensor) => tensor.dataSync(), onDevice: (prepared) => prepared });
registerGradients();
