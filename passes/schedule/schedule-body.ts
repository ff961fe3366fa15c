// A graph as a body of statements: decides what is stored, groups it into kernels, and writes them down as launches over
// buffers. Reads top-down: materialize, group, lower. Loops and branches bring bodies of their own.

import { intAttribute } from "../../ir/attributes.ts";
import { InternalError, userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Buffer, BufferId, Contract, Convolve, Launch, MatrixOperand, Statement } from "../../ir/program/program.ts";
import { addDims, type Dim, mulDims, productOfDims, showDim } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { isWideFloat, showType } from "../../ir/types.ts";
import { required } from "../control/parts.ts";
import { type Access, accessesOf } from "./access.ts";
import { type MatrixView, productOf } from "./contraction.ts";
import { type DirectConvolution, directConvolution } from "./convolution.ts";
import { type Group, groupStored, readLater } from "./group.ts";
import { lowerColumns, reducesColumns } from "./lower-columns.ts";
import { lowerLoops } from "./lower-loops.ts";
import { indexChecks } from "./index-check.ts";
import { lowerCumulative, lowerFill, lowerScatter } from "./lower-solo.ts";
import { materialize, type Materialization } from "./materialize.ts";
import { PendingEffects, readInline } from "./pending-effects.ts";
import type { NodeSite, Effect, ProgramParts } from "./program-parts.ts";
import { shareRowPlaces } from "./row-places.ts";

export interface BodyRequest {
  /** All nodes of the body, in the order in which they are computed. */
  readonly order: readonly Node[];
  readonly results: readonly Node[];
  /** Where parameters lie and where results are to be written; gets the buffers of all that is stored. */
  readonly bufferOf: Map<Node, BufferId>;
}

export function scheduleBody(request: BodyRequest, parts: ProgramParts): readonly Statement[] {
  return new BodyScheduler(request, parts).run();
}

class BodyScheduler {
  readonly #parts: ProgramParts;
  readonly #order: readonly Node[];
  readonly #results: readonly Node[];
  readonly #plan: Materialization;
  readonly #effects: readonly Effect[];
  readonly #bufferOf: Map<Node, BufferId>;
  /** The `result` nodes of each op that has several. */
  readonly #readings = new Map<Node, Node[]>();
  readonly #accesses = new Map<Node, readonly Access[]>();
  readonly #body: Statement[] = [];

  constructor({ order, results, bufferOf }: BodyRequest, parts: ProgramParts) {
    this.#parts = parts;
    this.#order = order;
    this.#results = results;
    this.#bufferOf = bufferOf;
    this.#plan = materialize(order, new Set(results), parts.context);
    const { effectsOf, routines } = parts.context;
    this.#effects = order.flatMap((node) => {
      const { kind } = opOf(node.op).lower;
      return kind === "effect" ? required(effectsOf)(node) : kind === "routine" ? required(routines).checksOf(node) : indexChecks(node);
    });
    for (const node of order) {
      if (node.op === "result") this.#readings.set(node.inputs[0]!, [...(this.#readings.get(node.inputs[0]!) ?? []), node]);
    }
  }

  run(): readonly Statement[] {
    this.#placeConstants();
    this.#checkSizes();
    this.#countElements();
    const isProduct = (node: Node) => this.#plan.matrixOperands.has(node) || opOf(node.op).lower.kind === "convolution";
    const { target: { inBlocks }, budget } = this.#parts.context;
    const accessesOf = (node: Node) => this.#accessesOf(node);
    const leaving = this.#leavingNodes();
    const allows = budget?.groupTest(this.#order, this.#plan.stored, leaving, accessesOf);
    const standsAlone = (node: Node) => this.#plan.walked.has(node);
    const groups = groupStored(this.#order, this.#plan.stored, { isProduct, standsAlone, accessesOf, joinsProducts: inBlocks ? "rows" : "elements", allows });
    const written = this.#writtenNodes(groups, leaving);
    const pending = new PendingEffects(this.#effects, (node) => this.#plan.stored.has(node));
    this.#emitEffects(pending.ready([]));
    for (const group of groups) {
      this.#lower(group, written);
      this.#emitEffects(pending.ready(this.#nodesOf(group)));
    }
    return this.#body;
  }

  /** What a stored node reads; asked for by grouping and by lowering. */
  #accessesOf(node: Node): readonly Access[] {
    let accesses = this.#accesses.get(node);
    if (accesses === undefined) this.#accesses.set(node, accesses = accessesOf(node, (other) => this.#plan.stored.has(other)));
    return accesses;
  }

  #placeConstants(): void {
    for (const node of this.#order) {
      if (node.op !== "constant") continue;
      const data = node.attributes["data"] as Extract<Buffer["role"], { kind: "constant" }>["data"];
      this.#bufferOf.set(node, this.#parts.add({ dtype: data.dtype, elements: data.data.length, role: { kind: "constant", data } }));
    }
  }

  #checkSizes(): void {
    for (const node of this.#order) {
      if (node.op !== "assume") continue;
      const from = node.inputs[0]!.type.shape;
      node.type.shape.forEach((right, axis) => {
        const left = from[axis]!;
        if (left === right) return;
        const error = this.#parts.message(`E604 sizes that must agree differ: ${showDim(left)} and ${showDim(right)}`, node);
        this.#parts.sizeChecks.push({ left, right, error });
      });
    }
  }

  /** E605 for a value that is known to be too large. */
  #countElements(): void {
    for (const { op, type, location } of this.#order) {
      const count = productOfDims(type.shape);
      if (typeof count !== "number") this.#parts.counts.add(count);
      else if (count >= 2 ** 31) throw userError("E605", { op, message: `${showType(type)} has ${count} elements, the most are 2147483647`, location });
    }
  }

  /** What leaves its kernel whatever group it is in. */
  #leavingNodes(): ReadonlySet<Node> {
    const leaving = new Set<Node>(this.#results);
    const isStored = (node: Node) => this.#plan.stored.has(node);
    for (const { reads } of this.#effects) for (const node of reads) readInline(node, isStored, leaving);
    for (const node of this.#order) if (opOf(node.op).lower.kind === "convolution") for (const input of node.inputs) leaving.add(input);
    for (const views of this.#plan.matrixOperands.values()) for (const view of views) leaving.add(view.base);
    return leaving;
  }

  /** What leaves its kernel: that, and values that another group reads. */
  #writtenNodes(groups: readonly Group[], leaving: ReadonlySet<Node>): ReadonlySet<Node> {
    const written = new Set<Node>(leaving);
    const read = (node: Node, members: ReadonlySet<Node>) => {
      for (const access of this.#accessesOf(node)) if (!members.has(access.node)) written.add(access.node);
    };
    const none = new Set<Node>();
    for (const group of groups) {
      if (group.kind === "solo") { read(group.node, none); continue; }
      const members = new Set(group.members.map((member) => member.node));
      for (const member of members) read(member, members);
    }
    return written;
  }

  #solo(node: Node) {
    return {
      bufferOf: (other: Node) => (other === node ? undefined : this.#storedBuffer(other)),
      optimize: this.#parts.context.optimize,
    };
  }

  #storedBuffer(node: Node): BufferId | undefined {
    return this.#plan.stored.has(node) ? this.#bufferOf.get(node) : undefined;
  }

  #requireBuffer(node: Node): BufferId {
    let buffer = this.#bufferOf.get(node);
    if (buffer === undefined) {
      buffer = this.#parts.scratch(node.type);
      this.#bufferOf.set(node, buffer);
    }
    return buffer;
  }

  #lower(group: Group, written: ReadonlySet<Node>): void {
    if (group.kind === "solo") {
      const { kind } = opOf(group.node.op).lower;
      if (kind === "control" || kind === "routine") {
        this.#several(group.node);
        return;
      }
      const target = this.#requireBuffer(group.node);
      if (this.#plan.walked.has(group.node)) this.#body.push(required(this.#parts.context.overlaps).lowerOverlap(group.node, target, this.#solo(group.node)));
      else if (kind === "cumulative") this.#body.push(lowerCumulative(group.node, target, this.#solo(group.node)));
      else this.#body.push(...lowerScatter(group.node, target, this.#solo(group.node)));
      return;
    }
    const accesses = (node: Node) => this.#accessesOf(node);
    if (this.#parts.context.target.inBlocks && reducesColumns(group, accesses)) {
      for (const { node } of group.members) this.#requireBuffer(node);
      this.#body.push(lowerColumns(group, (node) => this.#storedBuffer(node), this.#parts.context.optimize));
      return;
    }
    const reread = readLater(group, accesses);
    const places = shareRowPlaces(group, written, reread, accesses);
    const kept = new Set(group.members.map((member) => member.node).filter((node) => written.has(node) || reread.has(node)));
    for (const node of kept) if (!places.has(node)) this.#requireBuffer(node);
    for (const [node, owner] of places) this.#bufferOf.set(node, this.#requireBuffer(owner));
    const launch = group.members.length === 0 ? undefined : lowerLoops(group, {
      bufferOf: (node) => (node === group.product ? this.#requireBuffer(node) : this.#storedBuffer(node)), written: kept, reread,
    }, this.#parts.context.optimize);
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
    const { convolutionWorkspace } = this.#parts.context.target;
    if (convolutionWorkspace === undefined) throw new InternalError("a graph with convolutions, for a target without");
    const elements = convolutionWorkspace(convolution.dtype, convolution.computes, convolution.geometry);
    const workspace = this.#parts.add({ dtype: "u8", elements, role: { kind: "scratch" } });
    return { kind: "convolve", ...convolution, image, filter, result, workspace, epilogue };
  }

  #contract(node: Node, epilogue: Launch | undefined): Contract {
    const dtype = node.type.dtype === "f16" ? "f32" : node.type.dtype;
    if (!isWideFloat(dtype)) throw new InternalError(`a matrix product of ${dtype}`);
    const { batch, m, n, k } = productOf(node);
    const [a, b] = this.#plan.matrixOperands.get(node)!;
    const known = (dim: Dim) => (typeof dim === "number" ? dim : undefined);
    const formula = this.#parts.context.target.contractionWorkspace(dtype, known(m), known(n), known(k));
    const elements = [mulDims(formula.perM, m), mulDims(formula.perN, n), mulDims(formula.perK, k)].reduce(addDims, formula.constant);
    const workspace = this.#parts.add({ dtype: "u8", elements, role: { kind: "scratch" } });
    return {
      kind: "contract", dtype, batch, m, n, k, a: this.#matrix(a), b: this.#matrix(b), c: this.#requireBuffer(node), workspace, epilogue,
    };
  }

  #matrix(view: MatrixView): MatrixOperand {
    const { offset, batchStride, rowStride, columnStride } = view;
    return { buffer: this.#requireBuffer(view.base), offset, batchStride, rowStride, columnStride };
  }

  #emitEffects(effects: readonly Effect[]): void {
    for (const effect of effects) this.#body.push(...effect.lower(this.#parts, this.#solo(effect.node)));
  }

  /** A node with statements of its own, and often with several results. */
  #several(node: Node): void {
    const { lower } = opOf(node.op);
    const isResult = lower.kind === "routine" && lower.routine.resultRanks.length === 1;
    const { lowerControl, routines } = this.#parts.context;
    const readings = this.#readings.get(node) ?? [];
    const site: NodeSite = {
      parts: this.#parts,
      operand: (value) => this.#bufferOf.get(value) ?? this.#fill(value),
      result: (index) => {
        if (isResult) return this.#requireBuffer(node);
        const reading = readings.find((candidate) => intAttribute(candidate, "index") === index);
        return reading && this.#requireBuffer(reading);
      },
      emit: (...statements) => this.#body.push(...statements),
      schedule: scheduleBody,
    };
    required(lower.kind === "routine" ? routines?.lower : lowerControl)(node, site);
    // The same result read twice.
    for (const reading of readings) {
      const first = readings.find((other) => intAttribute(other, "index") === intAttribute(reading, "index"))!;
      const [from, to] = [this.#requireBuffer(first), this.#bufferOf.get(reading)];
      if (to === undefined) this.#bufferOf.set(reading, from);
      else if (to !== from) this.#body.push({ kind: "copy", from, to });
    }
  }

  /** A value that is computed inline, in a buffer. */
  #fill(node: Node): BufferId {
    const buffer = this.#parts.scratch(node.type);
    this.#body.push(lowerFill(node, buffer, this.#solo(node)));
    return buffer;
  }

  #nodesOf(group: Group): readonly Node[] {
    if (group.kind === "solo") return [group.node, ...(this.#readings.get(group.node) ?? [])];
    const members = group.members.map((member) => member.node);
    return group.product === undefined ? members : [group.product, ...members];
  }
}
