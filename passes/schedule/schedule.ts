// Tensor IR -> program IR: decides what is stored, groups it into kernels, and writes them down as launches over
// buffers. Reads top-down: order, materialize, group, lower.

import { InternalError, userError } from "../../ir/errors.ts";
import { sizeNamesOf } from "../../ir/graph.ts";
import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Buffer, BufferId, Contract, Convolve, Launch, MatrixOperand, Program, SizeCheck, Statement } from "../../ir/program/program.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import { addDims, type Dim, mulDims, productOfDims, showDim } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { showType } from "../../ir/types.ts";
import { type Access, accessesOf } from "./access.ts";
import { type MatrixView, productOf } from "./contraction.ts";
import { type DirectConvolution, directConvolution } from "./convolution.ts";
import { type Group, groupStored, readLater } from "./group.ts";
import { lowerColumns, reducesColumns } from "./lower-columns.ts";
import { lowerLoops } from "./lower-loops.ts";
import { IndexChecks, indexBounds, lowerIndexCheck, type PendingCheck, readInline } from "./index-check.ts";
import { lowerCumulative, lowerFill, lowerScatter } from "./lower-solo.ts";
import { materialize, type Materialization } from "./materialize.ts";
import { scheduleOrder } from "./order.ts";
import { shareRowPlaces } from "./row-places.ts";

export interface ScheduleContext {
  readonly target: TargetDescription;
  /** Kernel IR -> kernel IR: coalesce, vectorize, expand. */
  optimize(kernel: Kernel): Kernel;
  /** The error number of a message with the user's line. */
  message(text: string): number;
}

export function schedule(traced: TracedFunction, context: ScheduleContext): Program {
  return new Scheduler(traced, context).run();
}

class Scheduler {
  readonly #traced: TracedFunction;
  readonly #context: ScheduleContext;
  readonly #order: readonly Node[];
  readonly #plan: Materialization;
  readonly #buffers: Buffer[] = [];
  readonly #bufferOf = new Map<Node, BufferId>();
  readonly #accesses = new Map<Node, readonly Access[]>();
  readonly #body: Statement[] = [];

  constructor(traced: TracedFunction, context: ScheduleContext) {
    this.#traced = traced;
    this.#context = context;
    const { results } = traced.graph;
    const outputs = results.slice(0, traced.outputs.length);
    const updates = results.slice(traced.outputs.length);
    this.#order = scheduleOrder([...outputs], [...updates]);
    this.#plan = materialize(this.#order, new Set(results), context.target);
  }

  run(): Program {
    const { graph, inputs, outputs, sizes, name, doc } = this.#traced;
    this.#placeParameters();
    this.#placeOutputs();
    const checks = this.#sizeChecks();
    const isProduct = (node: Node) => this.#plan.matrixOperands.has(node) || opOf(node.op).lower.kind === "convolution";
    const groups = groupStored(this.#order, this.#plan.stored, isProduct, (node) => this.#accessesOf(node));
    const written = this.#writtenNodes(groups);
    const checksAhead = new IndexChecks(this.#order, (node) => this.#plan.stored.has(node));
    this.#emitChecks(checksAhead.ready([]));
    for (const group of groups) {
      this.#lower(group, written);
      this.#emitChecks(checksAhead.ready(nodesOf(group)));
    }
    this.#copyResults();
    return { name, doc, sizes: [...new Set([...sizeNamesOf(graph), ...sizes])], buffers: this.#buffers, inputs, outputs, sizeChecks: checks, counts: this.#counts(), body: this.#body };
  }

  /** What a stored node reads; asked for by grouping and by lowering. */
  #accessesOf(node: Node): readonly Access[] {
    let accesses = this.#accesses.get(node);
    if (accesses === undefined) this.#accesses.set(node, accesses = accessesOf(node, (other) => this.#plan.stored.has(other)));
    return accesses;
  }

  #newBuffer(buffer: Buffer): BufferId {
    return this.#buffers.push(buffer) - 1;
  }

  #scratch(node: Node): BufferId {
    return this.#newBuffer({ dtype: node.type.dtype, elements: productOfDims(node.type.shape), role: { kind: "scratch" } });
  }

  #placeParameters(): void {
    const { graph, inputs, stateReads } = this.#traced;
    graph.parameters.forEach((node, i) => {
      const role: Buffer["role"] = i < inputs.length ? { kind: "input", index: i } : { kind: "state", index: stateReads[i - inputs.length]! };
      this.#bufferOf.set(node, this.#newBuffer({ dtype: node.type.dtype, elements: productOfDims(node.type.shape), role }));
    });
    for (const node of this.#order) {
      if (node.op !== "constant") continue;
      const data = node.attributes["data"] as Extract<Buffer["role"], { kind: "constant" }>["data"];
      this.#bufferOf.set(node, this.#newBuffer({ dtype: data.dtype, elements: data.data.length, role: { kind: "constant", data } }));
    }
  }

  /** A computed output is written where the caller reads it. */
  #placeOutputs(): void {
    const { graph, outputs } = this.#traced;
    outputs.forEach((_, index) => {
      const node = graph.results[index]!;
      if (this.#bufferOf.has(node) || node.op === "full") return;
      this.#bufferOf.set(node, this.#newBuffer({ dtype: node.type.dtype, elements: productOfDims(node.type.shape), role: { kind: "output", index } }));
    });
  }

  #sizeChecks(): readonly SizeCheck[] {
    const checks: SizeCheck[] = [];
    for (const node of this.#order) {
      if (node.op !== "assume") continue;
      const from = node.inputs[0]!.type.shape;
      node.type.shape.forEach((right, axis) => {
        const left = from[axis]!;
        if (left === right) return;
        const text = `E604 sizes that must agree differ: ${showDim(left)} and ${showDim(right)}`;
        const error = this.#context.message(located(text, node));
        checks.push({ left, right, error });
      });
    }
    return checks;
  }

  /** Symbolic element counts of all values; E605 for one that is known to be too large. */
  #counts(): readonly Dim[] {
    const counts = new Set<Dim>();
    for (const { op, type, location } of this.#order) {
      const count = productOfDims(type.shape);
      if (typeof count !== "number") counts.add(count);
      else if (count >= 2 ** 31) throw userError("E605", { op, message: `${showType(type)} has ${count} elements, the most are 2147483647`, location });
    }
    return [...counts];
  }

  /** What leaves its kernel: results, and values that another group reads. */
  #writtenNodes(groups: readonly Group[]): ReadonlySet<Node> {
    const written = new Set<Node>(this.#traced.graph.results);
    const isStored = (node: Node) => this.#plan.stored.has(node);
    const read = (node: Node, members: ReadonlySet<Node>) => {
      for (const access of this.#accessesOf(node)) if (!members.has(access.node)) written.add(access.node);
    };
    const none = new Set<Node>();
    for (const group of groups) {
      if (group.kind === "solo") { read(group.node, none); continue; }
      const members = new Set(group.members.map((member) => member.node));
      for (const member of members) read(member, members);
    }
    for (const node of this.#order) {
      for (const { index } of indexBounds(node)) readInline(index, isStored, written);
    }
    for (const node of this.#order) if (opOf(node.op).lower.kind === "convolution") for (const input of node.inputs) written.add(input);
    for (const views of this.#plan.matrixOperands.values()) for (const view of views) written.add(view.base);
    return written;
  }

  #solo(node: Node) {
    return {
      bufferOf: (other: Node) => (other === node ? undefined : this.#storedBuffer(other)),
      optimize: this.#context.optimize,
    };
  }

  #storedBuffer(node: Node): BufferId | undefined {
    return this.#plan.stored.has(node) ? this.#bufferOf.get(node) : undefined;
  }

  #requireBuffer(node: Node): BufferId {
    let buffer = this.#bufferOf.get(node);
    if (buffer === undefined) {
      buffer = this.#scratch(node);
      this.#bufferOf.set(node, buffer);
    }
    return buffer;
  }

  #lower(group: Group, written: ReadonlySet<Node>): void {
    if (group.kind === "solo") {
      const target = this.#requireBuffer(group.node);
      const { kind } = opOf(group.node.op).lower;
      if (kind === "cumulative") this.#body.push(lowerCumulative(group.node, target, this.#solo(group.node)));
      else this.#body.push(...lowerScatter(group.node, target, this.#solo(group.node)));
      return;
    }
    const accesses = (node: Node) => this.#accessesOf(node);
    if (reducesColumns(group, accesses)) {
      for (const { node } of group.members) this.#requireBuffer(node);
      this.#body.push(lowerColumns(group, (node) => this.#storedBuffer(node), this.#context.optimize));
      return;
    }
    const reread = readLater(group, accesses);
    const places = shareRowPlaces(group, written, reread, accesses);
    const kept = new Set(group.members.map((member) => member.node).filter((node) => written.has(node) || reread.has(node)));
    for (const node of kept) if (!places.has(node)) this.#requireBuffer(node);
    for (const [node, owner] of places) this.#bufferOf.set(node, this.#requireBuffer(owner));
    const launch = group.members.length === 0 ? undefined : lowerLoops(group, {
      bufferOf: (node) => (node === group.product ? this.#requireBuffer(node) : this.#storedBuffer(node)), written: kept, reread,
    }, this.#context.optimize);
    if (group.product !== undefined) this.#body.push(this.#product(group.product, launch));
    else if (launch !== undefined) this.#body.push(launch);
  }

  #product(node: Node, epilogue: Launch | undefined): Contract | Convolve {
    const convolution = directConvolution(node);
    return convolution === undefined ? this.#contract(node, epilogue) : this.#convolve(node, convolution, epilogue);
  }

  #convolve(node: Node, convolution: DirectConvolution, epilogue: Launch | undefined): Convolve {
    const [image, other] = node.inputs.map((input) => this.#requireBuffer(input)) as [BufferId, BufferId];
    const own = this.#requireBuffer(node);
    const [filter, result] = convolution.computes === "result" ? [other, own] : [own, other];
    const elements = this.#context.target.convolutionWorkspace(convolution.dtype, convolution.computes, convolution.geometry);
    const workspace = this.#newBuffer({ dtype: "u8", elements, role: { kind: "scratch" } });
    return { kind: "convolve", ...convolution, image, filter, result, workspace, epilogue };
  }

  #contract(node: Node, epilogue: Launch | undefined): Contract {
    const { dtype } = node.type;
    if (dtype !== "f32" && dtype !== "f64") throw new InternalError(`a matrix product of ${dtype}`);
    const { batch, m, n, k } = productOf(node);
    const [a, b] = this.#plan.matrixOperands.get(node)!;
    const known = (dim: Dim) => (typeof dim === "number" ? dim : undefined);
    const formula = this.#context.target.contractionWorkspace(dtype, known(m), known(n), known(k));
    const elements = [mulDims(formula.perM, m), mulDims(formula.perN, n), mulDims(formula.perK, k)].reduce(addDims, formula.constant);
    const workspace = this.#newBuffer({ dtype: "u8", elements, role: { kind: "scratch" } });
    return {
      kind: "contract", dtype, batch, m, n, k, a: this.#matrix(a), b: this.#matrix(b), c: this.#requireBuffer(node), workspace, epilogue,
    };
  }

  #matrix(view: MatrixView): MatrixOperand {
    const { offset, batchStride, rowStride, columnStride } = view;
    return { buffer: this.#requireBuffer(view.base), offset, batchStride, rowStride, columnStride };
  }

  #emitChecks(checks: readonly PendingCheck[]): void {
    for (const { bound, node } of checks) {
      const flag = this.#newBuffer({ dtype: "i32", elements: 3, role: { kind: "scratch" } });
      this.#body.push(lowerIndexCheck(bound, flag, this.#solo(node)));
      const error = this.#context.message(located(`E601 ${node.op}: index {0} is out of range for {1} elements`, node));
      this.#body.push({ kind: "check", flag, error });
    }
  }

  /** Results that no kernel wrote in place: constants, parameters handed through, values that leave twice. */
  #copyResults(): void {
    const { graph, outputs, stateWrites } = this.#traced;
    const finish: Statement[] = [];
    const byRole = new Map(this.#buffers.map((buffer, id): [string, BufferId] => [roleKey(buffer.role), id]));
    graph.results.forEach((node, i) => {
      const role: Buffer["role"] = i < outputs.length ? { kind: "output", index: i } : { kind: "state", index: stateWrites[i - outputs.length]! };
      const own = this.#bufferOf.get(node);
      if (own !== undefined && sameRole(this.#buffers[own]!.role, role)) return;
      let buffer = byRole.get(roleKey(role));
      if (buffer === undefined) {
        buffer = this.#newBuffer({ dtype: node.type.dtype, elements: productOfDims(node.type.shape), role });
        byRole.set(roleKey(role), buffer);
      }
      if (own === undefined) {
        finish.push(lowerFill(node, buffer, this.#solo(node)));
      } else if (role.kind === "state" && this.#buffers[own]!.role.kind === "state") {
        // Another variable's old value: taken aside before any is overwritten.
        const aside = this.#scratch(node);
        this.#body.push({ kind: "copy", from: own, to: aside });
        finish.push({ kind: "copy", from: aside, to: buffer });
      } else if (role.kind === "output") {
        this.#body.push({ kind: "copy", from: own, to: buffer });
      } else {
        finish.push({ kind: "copy", from: own, to: buffer });
      }
    });
    this.#body.push(...finish);
  }
}

function roleKey(role: Buffer["role"]): string {
  return "index" in role ? `${role.kind} ${role.index}` : role.kind;
}

function sameRole(a: Buffer["role"], b: Buffer["role"]): boolean {
  return a.kind === b.kind && a.kind !== "scratch" && a.kind !== "constant" && "index" in b && a.index === b.index;
}

function located(text: string, node: Node): string {
  const where = node.location?.describe();
  return where === undefined ? text : `${text}, ${where}`;
}

function nodesOf(group: Group): readonly Node[] {
  if (group.kind === "solo") return [group.node];
  const members = group.members.map((member) => member.node);
  return group.product === undefined ? members : [group.product, ...members];
}
