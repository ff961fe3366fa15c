// Tensor IR -> program IR: the parameters and outputs of a function get buffers, its graph becomes a body of statements, and
// results that no kernel wrote in their place are copied there.

import { sizeNamesOf } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import type { Buffer, BufferId, Program, Statement } from "../../ir/program/program.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import { lowerFill } from "./lower-solo.ts";
import { scheduleOrder } from "./order.ts";
import { ProgramParts, type ScheduleContext } from "./program-parts.ts";
import { scheduleBody } from "./schedule-body.ts";

export function schedule(traced: TracedFunction, context: ScheduleContext): Program {
  const { graph, inputs, outputs, sizes, name, doc } = traced;
  const parts = new ProgramParts(context);
  const bufferOf = new Map<Node, BufferId>();
  placeParameters(traced, parts, bufferOf);
  placeOutputs(traced, parts, bufferOf);
  const order = scheduleOrder(graph.results.slice(0, outputs.length), graph.results.slice(outputs.length));
  const body = [...scheduleBody({ order, results: graph.results, bufferOf }, parts)];
  copyResults(traced, parts, bufferOf, body);
  return {
    name, doc, sizes: [...new Set([...sizeNamesOf(graph), ...sizes])], buffers: parts.buffers, inputs, outputs, sizeChecks: parts.sizeChecks,
    counts: [...parts.counts], body,
  };
}

function placeParameters({ graph, inputs, stateReads }: TracedFunction, parts: ProgramParts, bufferOf: Map<Node, BufferId>): void {
  graph.parameters.forEach((node, i) => {
    const role: Buffer["role"] = i < inputs.length ? { kind: "input", index: i } : { kind: "state", index: stateReads[i - inputs.length]! };
    bufferOf.set(node, parts.bufferFor(node.type, role));
  });
}

/** A computed output is written where the caller reads it. */
function placeOutputs({ graph, outputs }: TracedFunction, parts: ProgramParts, bufferOf: Map<Node, BufferId>): void {
  outputs.forEach((_, index) => {
    const node = graph.results[index]!;
    if (bufferOf.has(node) || node.op === "full" || node.op === "constant") return;
    bufferOf.set(node, parts.bufferFor(node.type, { kind: "output", index }));
  });
}

/** Results that no kernel wrote in place: constants, parameters handed through, values that leave twice. */
function copyResults({ graph, outputs, stateWrites }: TracedFunction, parts: ProgramParts, bufferOf: ReadonlyMap<Node, BufferId>, body: Statement[]): void {
  const finish: Statement[] = [];
  const byRole = new Map(parts.buffers.map((buffer, id): [string, BufferId] => [roleKey(buffer.role), id]));
  graph.results.forEach((node, i) => {
    const role: Buffer["role"] = i < outputs.length ? { kind: "output", index: i } : { kind: "state", index: stateWrites[i - outputs.length]! };
    const own = bufferOf.get(node);
    if (own !== undefined && roleKey(parts.buffers[own]!.role) === roleKey(role)) return;
    const buffer = byRole.get(roleKey(role)) ?? parts.bufferFor(node.type, role);
    byRole.set(roleKey(role), buffer);
    if (own === undefined) {
      finish.push(lowerFill(node, buffer, { bufferOf: (other) => bufferOf.get(other), optimize: parts.context.optimize }));
    } else if (role.kind === "state" && parts.buffers[own]!.role.kind === "state") {
      // Another variable's old value: taken aside before any is overwritten.
      const aside = parts.scratch(node.type);
      body.push({ kind: "copy", from: own, to: aside });
      finish.push({ kind: "copy", from: aside, to: buffer });
    } else if (role.kind === "output") {
      body.push({ kind: "copy", from: own, to: buffer });
    } else {
      finish.push({ kind: "copy", from: own, to: buffer });
    }
  });
  body.push(...finish);
}

function roleKey(role: Buffer["role"]): string {
  return "index" in role ? `${role.kind} ${role.index}` : role.kind;
}
