// Refuses graphs that the target cannot run, by the op that it lacks or the dtype that an op computes in, with the user's line.

import { userError } from "../../ir/errors.ts";
import { regionsOf, topologicalOrder } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { type DType, isFloat, showType } from "../../ir/types.ts";

const names: { readonly [N in TargetDescription["name"]]: string } = { wasm: "WebAssembly", webgpu: "WebGPU" };

/** E214 for an op, else E101 for a dtype. */
export function refuse(graph: Graph, target: TargetDescription): void {
  const nodes = new Set<Node>();
  collect(graph, nodes);
  for (const { op, location } of nodes) {
    if (target.lacks?.(opOf(op)) !== true) continue;
    const call = location?.call ?? op;
    throw userError("E214", { op: call, message: `${names[target.name]} does not have ${call === op ? "it" : op}`, hint: "compile for WebAssembly", location });
  }
  for (const node of nodes) refuseDtype(node, target);
}

/** The nodes of its regions, too. */
function collect(graph: Graph, nodes: Set<Node>): void {
  for (const node of [...graph.parameters, ...topologicalOrder(graph)]) {
    if (nodes.has(node)) continue;
    nodes.add(node);
    for (const region of regionsOf(node)) collect(region, nodes);
  }
}

function refuseDtype(node: Node, target: TargetDescription): void {
  const { op, location } = node;
  const { kind } = opOf(op).lower;
  // Of an op with several results `type` is the first one's; those that are read are nodes of their own.
  const types = kind === "control" ? [] : [node.type];
  for (const type of types) {
    if (target.dtypes.includes(type.dtype)) continue;
    const what = op === "parameter" ? `${String(node.attributes["name"])} is ${showType(type)}` : `the result is ${showType(type)}`;
    const isHalf = type.dtype === "f16";
    const here = isHalf && target.name === "webgpu" ? "the device" : names[target.name];
    const elsewhere = !isHalf ? "compile for WebAssembly" : target.name === "wasm" ? "compile for WebGPU" : 'compile for the target "reference"';
    throw userError("E101", { op, message: `${what}, and ${here} does not have ${type.dtype}`, hint: `use ${instead(type.dtype, target)}, or ${elsewhere}`, location });
  }
}

/** The dtype of the target that is nearest. */
function instead(dtype: DType, { dtypes }: TargetDescription): DType {
  const wanted: DType = isFloat(dtype) ? "f32" : dtype === "u8" ? "u32" : "i32";
  return dtypes.find((other) => other === wanted) ?? dtypes[0]!;
}
