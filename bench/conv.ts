// `node --import ./.ci/ts.mjs bench/conv.ts [WORD...]`: more convolutions than the benchmark judges, the layers of ResNet, MobileNet
// and LeNet, forward and both gradients, one image and eight; then pooling and the training steps of convolutional nets. The
// peers are those of the benchmark. Names that contain all words are measured.

import { cases, type Race } from "./cases.ts";
import type { EngineName } from "./engines.ts";
import { EngineProcess, nodeBinaries } from "./process.ts";
import { runRace } from "./race.ts";
import { raceRow, toLines } from "./report.ts";
import type { Convolution } from "./task.ts";

type Layer = Pick<Convolution, "size" | "channels" | "filters" | "window"> & Partial<Convolution>;

const layers: readonly (readonly [Layer, readonly number[]])[] = [
  [{ size: 56, channels: 64, filters: 64, window: 3 }, [1, 8]],
  [{ size: 28, channels: 128, filters: 128, window: 3 }, [1, 8]],
  [{ size: 14, channels: 256, filters: 256, window: 3 }, [1, 8]],
  [{ size: 56, channels: 64, filters: 128, window: 3, stride: 2 }, [1, 8]],
  [{ size: 28, channels: 64, filters: 64, window: 5 }, [1, 8]],
  [{ size: 224, channels: 3, filters: 64, window: 7, stride: 2 }, [1, 8]],
  [{ size: 112, channels: 32, filters: 64, window: 1 }, [1, 8]],
  [{ size: 14, channels: 512, filters: 512, window: 1 }, [1, 8]],
  [{ size: 28, channels: 1, filters: 20, window: 5, padding: "valid" }, [128]],
  [{ size: 12, channels: 20, filters: 50, window: 5, padding: "valid" }, [128]],
  [{ size: 112, channels: 32, filters: 32, window: 3, depthwise: true }, [1, 8]],
  [{ size: 14, channels: 512, filters: 512, window: 3, depthwise: true }, [1, 8]],
  [{ size: 56, channels: 128, filters: 128, window: 3, stride: 2, depthwise: true }, [1, 8]],
];

function races(layer: Layer, batch: number): Race[] {
  const { size, channels, filters, window, stride = 1, depthwise = false, padding = "same" } = layer;
  const name = `${depthwise ? "depthwise" : "conv"} ${window}x${window}${stride > 1 ? ` s${stride}` : ""} ${size}x${size}x${channels}-${filters} b${batch}`;
  return (["forward", "filters", "image"] as const).map((part): Race => ({
    name: part === "forward" ? name : `${name}, gradient by ${part}`,
    task: { kind: "convolution", size, channels, filters, window, stride, depthwise, padding, batch, part },
    asks: [[{ engine: "damo", of: ["tfjs-wasm", "onnxruntime-web"], speed: 1.3 }]],
  }));
}

const judged = cases.filter((entry): entry is Race => "task" in entry && /^(pool|train (lenet|resnet))/.test(entry.name));
const all = [...layers.flatMap(([layer, batches]) => batches.flatMap((batch) => races(layer, batch))), ...judged];

const words = process.argv.slice(2);
const node = nodeBinaries()[0]!;
const processes = new Map<EngineName, EngineProcess>();
const processOf = (engine: EngineName): EngineProcess => {
  let found = processes.get(engine);
  if (found === undefined) processes.set(engine, (found = new EngineProcess(node, engine)));
  return found;
};
for (const race of all) {
  if (!words.every((word) => race.name.includes(word))) continue;
  console.log(toLines(raceRow(race, await runRace(race, processOf, { rounds: 9, sampleMs: 30, engineMs: 2000 }))));
}
for (const engine of processes.values()) engine.stop();
