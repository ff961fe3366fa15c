// `npm run bench:gpu -- [NAMES]`: how fast shaders run on a WebGPU adapter, by Dawn. The driver is that of the tests (SwiftShader, whose figures
// say nothing about a GPU); DAMO_WEBGPU=system takes what the system has. A driver is chosen when a process starts, hence the second one.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { driverEnvironment, setup } from "../../test/webgpu/driver.ts";

setup();
const file = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const { status } = spawnSync(process.execPath, ["--import", new URL("../../.ci/ts.mjs", import.meta.url).href, file("measure.ts"), ...process.argv.slice(2)], {
  stdio: "inherit", env: { ...process.env, ...driverEnvironment },
});
process.exitCode = status ?? 1;
