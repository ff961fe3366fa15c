// The adapter that engines of this environment get, as a line of JSON.

import { isMissing, openDawn } from "../../test/webgpu/adapter.ts";

export interface FoundAdapter {
  readonly name: string;
  readonly features: readonly string[];
}

async function look(): Promise<FoundAdapter | { readonly missing: string }> {
  const gpu = await openDawn();
  if (isMissing(gpu)) return gpu;
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return { missing: "no Vulkan driver answers" };
  const { vendor, architecture, description } = adapter.info;
  return { name: [vendor, architecture, description].filter((part) => part !== "").join(" "), features: [...adapter.features] };
}

console.log(JSON.stringify(await look()));
process.exit(0);
