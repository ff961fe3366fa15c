// A place of a kernel as a team of invocations works on it: all of them compute its values, the first stores them, and its nests are shared out in
// strides. What a nest carries is added up in two steps: an order that the size of the team fixes. It goes through workgroup memory, or, where a team lies in
// a subgroup, from invocation to invocation.

import { InternalError } from "../../../ir/errors.ts";
import type { Carried, Instruction, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { touchedBindings } from "./dependence.ts";
import type { Kept } from "./kept.ts";
import type { FourLanes, Fours } from "./fours.ts";
import { type Lanes, letters, ofLanes } from "./lanes.ts";
import { innermost, type Nest, nestOf, nestsIn } from "./nest.ts";
import { type Scan, scanOf } from "./scan.ts";
import { keptAs, type ShaderBody } from "./shader-body.ts";
import type { ShaderDType } from "./shader-dtype.ts";
import { fewMembers, type TeamShape } from "./team-shape.ts";

/** Parallel loops of at most so many iterations are walked by the whole team, if there are nests in them. */
const fewIterations = 16;

export class TeamWriter {
  readonly #body: ShaderBody;
  readonly #shape: TeamShape;
  readonly #fours: Fours | undefined;
  /** Of what is combined in an invocation: of four members of its team, or of its places. */
  readonly #lanes: Lanes;
  /** Invocations that have a place, and that have other places of a workgroup. */
  readonly team: number;
  readonly across: number;
  /** Whether a team lies in one subgroup, its members side by side. */
  readonly #inSubgroup: boolean;
  /** Bindings touched since the team last met. */
  readonly #loaded = new Set<number>();
  readonly #stored = new Set<number>();
  /** Values that are the same in all invocations of a workgroup, so far as a compiler can tell. */
  readonly #uniform: Set<ValueId>;
  readonly #held = new Map<ShaderDType, number>();
  /** Whether some of the team may still read what is held: the others wait before they write. */
  #reading = false;

  /** `uniform`: indices of loops outside of the place. `subgroup`: so many neighbours of a workgroup are neighbours in a subgroup. */
  constructor(body: ShaderBody, shape: TeamShape, fours: Fours | undefined, uniform: Iterable<ValueId>, subgroup: number) {
    this.#body = body;
    this.#shape = shape;
    this.#fours = fours;
    this.#lanes = fours === undefined ? 1 : 4;
    this.team = shape.team / (fours?.along === "members" ? 4 : 1);
    this.across = shape.across / (fours?.along === "places" ? 4 : 1);
    this.#inSubgroup = this.team > 1 && this.team <= subgroup && (this.across === 1 || shape.neighbours === "team");
    // A workgroup that works on one place at a time has that in common.
    this.#uniform = new Set(this.across === 1 ? uniform : []);
  }

  /** Lanes of what a place has: a value, or what its nests give. */
  get ofPlace(): Lanes {
    return this.#fours?.along === "places" ? 4 : 1;
  }

  /** Parameters of the main function. */
  get builtins(): string {
    return `@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32, ${this.#inSubgroup ? "@builtin(subgroup_invocation_id) lane: u32, " : ""}`;
  }

  /** Arrays of workgroup memory that it takes, as declarations. */
  get declarations(): string[] {
    const element = (dtype: ShaderDType): string => ofLanes(letters[dtype], this.#lanes);
    return [...this.#held].flatMap(([dtype, count]) => Array.from({ length: count }, (_, i) => `var<workgroup> ${dtype}_${i}: array<${element(dtype)}, ${this.team * this.across}>;`));
  }

  /** The invocation's `slot` in its team, the `column` of the team in its workgroup, and the `base` of the team's workgroup memory. */
  begin(): void {
    const { team, across } = this;
    const { neighbours } = this.#shape;
    if (across === 1) {
      this.#body.line("let slot = local;");
      return;
    }
    this.#body.line(neighbours === "team" ? `let slot = local % ${team}u;` : `let slot = local / ${across}u;`);
    this.#body.line(neighbours === "team" ? `let column = local / ${team}u;` : `let column = local % ${across}u;`);
    this.#body.line(neighbours === "team" ? "let base = local - slot;" : "let base = column;");
  }

  instructions(body: readonly Instruction[]): void {
    for (const instruction of body) {
      if (instruction.kind === "store") this.store(instruction);
      else if (instruction.kind === "loop") this.#loop(instruction);
      else this.value(instruction);
    }
  }

  /** Computed by all. */
  value(instruction: Exclude<Instruction, LoopInstruction>): void {
    this.#meet([instruction]);
    const isUniform = instruction.kind === "op" ? instruction.args.every((arg) => this.#uniform.has(arg)) : instruction.kind !== "load";
    if (isUniform && "id" in instruction) this.#uniform.add(instruction.id);
    this.#body.instruction(instruction);
  }

  /** Done by the first of the team. */
  store(instruction: Extract<Instruction, { kind: "store" }>): void {
    this.#meet([instruction]);
    this.byFirst(() => this.#body.instruction(instruction));
  }

  byFirst(write: () => void, ...conditions: readonly string[]): void {
    const all = ["slot == 0u", ...(this.across === 1 ? [] : ["inside"]), ...conditions];
    this.#body.block(`if (${all.join(" && ")})`, write);
  }

  #loop(loop: LoopInstruction): void {
    const { bindings } = this.#body.bound;
    const nest = nestOf(loop, bindings);
    const scan = scanOf(loop, bindings);
    const hasNests = nestsIn(loop.body, bindings).length > 0;
    const isUniform = this.#uniform.has(loop.extent);
    if (isUniform && hasNests && (nest === undefined || this.#isShort(nest))) this.#walk(loop);
    else if (nest !== undefined) this.share(nest);
    else if (isUniform && scan !== undefined) this.#scan(loop, scan);
    else if (touchedBindings(loop.body, bindings).stored.size === 0) this.#repeat(loop);
    else this.#single(loop);
  }

  #isShort([{ extent }, inner]: Nest): boolean {
    const { kernel } = this.#body;
    const constant = kernel.body.find((instruction) => instruction.kind === "constant" && instruction.id === extent);
    return inner === undefined && constant?.kind === "constant" && constant.value <= fewIterations;
  }

  /** Each of the team takes every so many iterations. */
  share(nest: Nest): void {
    const [outer] = nest;
    const kept = this.#keptOf(nest);
    this.#meet(kept === undefined ? [outer] : outer.body.filter((access) => !kept.from.has(access) && !kept.dead.has(access)));
    this.#accumulate(outer.carried, () => (kept === undefined ? this.#strides(nest, "whole") : this.#turns(nest, kept)));
  }

  /** Where the turns that an invocation has of a row are few enough to be written out. */
  #keptOf([outer]: Nest): Kept | undefined {
    const kept = this.#fours?.along === "members" ? this.#fours.kept : undefined;
    return kept?.loops.has(outer) === true && kept.fours <= kept.mostTurns * this.team ? kept : undefined;
  }

  /** The strides one after another, with what is kept from loop to loop. Those outside do what those of the last place do, but for stores. */
  #turns(nest: Nest, kept: Kept): void {
    const [{ index, carried, body }] = nest;
    const turns = Array.from({ length: Math.ceil(kept.fours / this.team) }, (_, turn) => turn);
    for (const access of body) {
      const number = kept.saves.get(access);
      if (number === undefined || (access.kind !== "load" && access.kind !== "store")) continue;
      const dtype = this.#body.dtype(this.#body.kernel.buffers[access.buffer]!.dtype);
      for (const turn of turns) this.#body.line(`var ${keptAs(number, turn)}: ${ofLanes(letters[dtype], 4)};`);
    }
    for (const turn of turns) {
      const at = `at${index}_${turn}`;
      this.#body.line(`let ${at} = slot + ${turn * this.team}u;`);
      this.#body.block((turn + 1) * this.team > kept.fours ? `if (${at} < ${kept.fours}u)` : "", () => {
        this.#body.atPlace(nest, at, () => this.#body.inFours(this.#foursOf(nest), () => this.#body.keeping({ kept, turn, inside: this.across > 1 }, () => this.#body.turn(carried, partialOf, body))), true);
      });
    }
  }

  /** Only what the team's slice of the iterations gives, from the identity: it is handed to `partial`. */
  sharePart(nest: Nest, partial: (value: Carried, joined: string) => void): void {
    const [outer] = nest;
    outer.carried.forEach((value) => this.#start(value));
    this.#strides(nest, "slice");
    this.#join(outer.carried);
    for (const value of outer.carried) partial(value, `joined${value.result}`);
  }

  /** What the `slices` gave, combined as if each was an iteration: `part` is the value of `slice`. */
  shareParts({ carried }: LoopInstruction, part: (value: Carried, slice: string) => string): void {
    const ofMembers = this.#fours?.along === "members";
    this.#accumulate(carried, () => {
      this.#body.block(`for (var part = slot${ofMembers ? " * 4u" : ""}; part < slices; part += ${this.#shape.team}u)`, () => {
        // Four members have a part each; past the last there is nothing.
        if (ofMembers) this.#body.line("let own = vec4u(part) + vec4u(0u, 1u, 2u, 3u);");
        for (const value of carried) {
          const [dtype, sum] = [this.#body.dtype(value.dtype), partialOf(value)];
          const four = ["x", "y", "z", "w"].map((member) => part(value, `min(own.${member}, slices - 1u)`));
          const next = ofMembers ? `select(${this.#body.identity(value.combine!, dtype, 4)}, ${ofLanes(letters[dtype], 4)}(${four.join(", ")}), own < vec4u(slices))` : part(value, "part");
          this.#body.line(`let next${value.result} = ${next};`);
          this.#body.line(`${sum} = ${this.#body.combine(value.combine!, dtype, sum, `next${value.result}`, this.#lanes)};`);
        }
      });
    });
  }

  /** The initial value comes first. */
  #accumulate(carried: readonly Carried[], add: () => void): void {
    carried.forEach((value) => this.#start(value));
    add();
    this.#join(carried);
    for (const value of carried) {
      const dtype = this.#body.dtype(value.dtype);
      this.#body.define(value.result, dtype, this.#body.combine(value.combine!, dtype, this.#body.value(value.init, this.ofPlace), `joined${value.result}`, this.ofPlace));
    }
  }

  #start(value: Carried): void {
    if (value.combine === undefined) throw new InternalError(`kernel ${this.#body.kernel.name}: a loop is shared out whose values are not combined`);
    this.#body.line(`var ${partialOf(value)} = ${this.#body.identity(value.combine, this.#body.dtype(value.dtype), this.#lanes)};`);
  }

  /** Members of the nest's loop, where lanes are members. */
  #foursOf(nest: Nest): FourLanes | undefined {
    return this.#fours?.along === "members" ? this.#fours.nests.get(innermost(nest)) : undefined;
  }

  #strides(nest: Nest, range: "whole" | "slice"): void {
    const { team, across } = this;
    const { index, carried } = innermost(nest);
    const fours = this.#foursOf(nest);
    const [at, end] = [`at${index}`, `end${index}`];
    // What the innermost carries has the accumulators of the outermost.
    const held = new Map(carried.map((value, i) => [value, partialOf(nest[0].carried[i]!)]));
    const extent = this.#body.extents(nest, fours !== undefined).join(" * ");
    this.#body.line(`let ${end} = ${across === 1 ? extent : `select(0u, ${extent}, inside)`};`);
    const [first, stride] = range === "whole" ? ["slot", `${team}u`] : [`slice * ${team}u + slot`, `${team}u * slices`];
    this.#body.block(`for (var ${at} = ${first}; ${at} < ${end}; ${at} += ${stride})`, () => {
      const turn = ({ body }: LoopInstruction): void => this.#body.turn(carried, (value) => held.get(value)!, body);
      this.#body.atPlace(nest, at, fours === undefined ? turn : (loop) => this.#body.inFours(fours, () => turn(loop)), fours !== undefined);
    });
  }

  /**
   * Defines `joined` of each carried value: the first few of the team add up what the others hold, then all of them what those have. Two barriers cost
   * less than the rounds of a tree, whose additions few of the team do.
   */
  #join(carried: readonly Carried[]): void {
    const { team } = this;
    if (team === 1) for (const value of carried) this.#begin(value, partialOf(value));
    if (team === 1 || carried.length === 0) return;
    const { team: members } = this.#shape;
    const few = (members <= fewMembers ? members : 2 ** Math.floor(Math.log2(members) / 2)) * team / members;
    if (this.#inSubgroup) this.#joinBySubgroup(carried, few);
    else this.#joinByMemory(carried, few);
  }

  /** Begins what is joined with what the first of the team holds, its members one after another. */
  #begin(value: Carried, held: string): void {
    const [joined, ...others] = this.#membersOf(`first${value.result}`);
    this.#body.line(`let first${value.result} = ${held};`);
    this.#body.line(`var ${joinedOf(value)} = ${joined};`);
    for (const other of others) this.#add(value, joinedOf(value), other, this.ofPlace);
  }

  #membersOf(held: string): readonly string[] {
    return this.#fours?.along === "members" ? ["x", "y", "z", "w"].map((member) => `${held}.${member}`) : [held];
  }

  #add(value: Carried, variable: string, other: string, lanes: Lanes): void {
    this.#body.line(`${variable} = ${this.#body.combine(value.combine!, this.#body.dtype(value.dtype), variable, other, lanes)};`);
  }

  #joinByMemory(carried: readonly Carried[], few: number): void {
    const { team, across } = this;
    const { neighbours } = this.#shape;
    const step = neighbours === "team" ? 1 : across;
    const held = this.#holdAll(carried);
    const hold = (value: Carried, i: number): void => this.#body.line(`${held[i]}[local] = ${partialOf(value)};`);
    carried.forEach(hold);
    this.#body.line("workgroupBarrier();");
    if (few < team) {
      this.#body.block(`if (slot < ${few}u)`, () => {
        this.#addUp(carried, [few * step, team * step], (_, i) => `${held[i]}[local + distance]`, (value, other) => this.#add(value, partialOf(value), other, this.#lanes));
        carried.forEach(hold);
      });
      this.#body.line("workgroupBarrier();");
    }
    const first = across === 1 ? "0u" : "base";
    carried.forEach((value, i) => this.#begin(value, `${held[i]}[${first}]`));
    this.#addUp(carried, [step, few * step], (_, i) => `${held[i]}[${across === 1 ? "distance" : "base + distance"}]`);
    this.#reading = true;
  }

  /** In the same order, without barriers. What the first few have is computed by all, of whom the others have no use for it. */
  #joinBySubgroup(carried: readonly Carried[], few: number): void {
    const { team } = this;
    const from = (value: Carried, held: string, member: string): string => {
      const shuffled = (element: string): string => `subgroupShuffle(${element}, lane - slot + ${member})`;
      return ofLanes(value.dtype === "bool" ? `${shuffled(`U(${held})`)} != U{0u}` : shuffled(held), this.#lanes);
    };
    if (few < team) {
      for (const value of carried) this.#body.line(`let own${value.result} = ${partialOf(value)};`);
      this.#addUp(carried, [few, team], (value) => from(value, `own${value.result}`, `(slot + distance) % ${team}u`), (value, other) => this.#add(value, partialOf(value), other, this.#lanes));
    }
    for (const value of carried) this.#begin(value, from(value, partialOf(value), "0u"));
    this.#addUp(carried, [1, few], (value) => from(value, partialOf(value), "distance"));
  }

  /** What is held at a distance, for distances from `by` in steps of it, up to an end: it is joined, if nothing else is said. */
  #addUp(carried: readonly Carried[], [by, end]: readonly [number, number], held: (value: Carried, i: number) => string, add?: (value: Carried, other: string) => void): void {
    if (by >= end) return;
    this.#body.block(`for (var distance = ${by}u; distance < ${end}u; distance += ${by}u)`, () => {
      carried.forEach((value, i) => {
        this.#body.line(`let held${i} = ${held(value, i)};`);
        if (add !== undefined) add(value, `held${i}`);
        else for (const other of this.#membersOf(`held${i}`)) this.#add(value, joinedOf(value), other, this.ofPlace);
      });
    });
  }

  /** At the end of what is done again where `condition` holds, the same for all of the workgroup. */
  again(condition: string): void {
    if (this.#reading) this.#body.block(`if (${condition})`, () => this.#body.line("workgroupBarrier();"));
  }

  /** Arrays for the values, which all of the team may write to. */
  #holdAll(carried: readonly Carried[]): string[] {
    if (this.#reading) this.#body.line("workgroupBarrier();");
    this.#reading = false;
    const used = new Map<ShaderDType, number>();
    return carried.map((value) => {
      const dtype = this.#body.dtype(value.dtype);
      const i = used.get(dtype) ?? 0;
      used.set(dtype, i + 1);
      this.#held.set(dtype, Math.max(this.#held.get(dtype) ?? 0, i + 1));
      return `${dtype}_${i}`;
    });
  }

  /**
   * A running combination: the team takes as many iterations at a time as it has members, and each combines what is up to its own by doubling. What was before them
   * comes first.
   */
  #scan({ index, extent, carried: [value] }: LoopInstruction, { combine, element, before, after }: Scan): void {
    this.#meet([...before, ...after]);
    const { team, across } = this;
    const { neighbours } = this.#shape;
    const [dtype, step] = [this.#body.dtype(value!.dtype), neighbours === "team" || across === 1 ? "" : ` * ${across}u`];
    const [held] = this.#holdAll([value!]);
    const combined = (a: string, b: string): string => this.#body.combine(combine, dtype, a, b);
    this.#body.define(value!.result, dtype, `v${value!.init}`, "var");
    this.#body.block(`for (var turn${index} = 0u; turn${index} < u32(v${extent}); turn${index} += ${team}u)`, () => {
      // Those past the end do again what the last one does, and it counts for nothing.
      this.#body.line(`let within = turn${index} + slot < u32(v${extent});`);
      this.#body.define(index, "i32", `min(i32(turn${index} + slot), v${extent} - 1)`);
      this.#body.instructions(before);
      this.#body.line(`let nothing = ${this.#body.identity(combine, dtype)};`);
      this.#body.line(`${held}[local] = select(nothing, v${element}, within);`);
      this.#body.block(`for (var distance = 1u; distance < ${team}u; distance *= 2u)`, () => {
        this.#body.line("workgroupBarrier();");
        this.#body.line(`let upper = ${held}[local];`);
        this.#body.line(`let lower = ${held}[local - select(0u, distance${step}, slot >= distance)];`);
        this.#body.line("workgroupBarrier();");
        this.#body.block("if (slot >= distance)", () => this.#body.line(`${held}[local] = ${combined("lower", "upper")};`));
      });
      this.#body.line("workgroupBarrier();");
      this.#body.line(`let upto = ${held}[local];`);
      this.#body.line(`let all = ${held}[${across === 1 ? "0" : "base"} + ${step === "" ? team - 1 : (team - 1) * across}];`);
      this.#body.line("workgroupBarrier();");
      this.#body.define(value!.next, dtype, combined(`v${value!.result}`, "upto"));
      this.#body.block(`if (within${across === 1 ? "" : " && inside"})`, () => this.#body.instructions(after));
      this.#body.line(`v${value!.result} = ${combined(`v${value!.result}`, "all")};`);
    });
  }

  /** Gone through by the whole team side by side, because there are nests in it. */
  #walk({ index, extent, carried, body }: LoopInstruction): void {
    carried.forEach((value) => this.#body.startCarried(value));
    // What the last iteration touched.
    const { loaded, stored } = touchedBindings(body, this.#body.bound.bindings);
    loaded.forEach((binding) => this.#loaded.add(binding));
    stored.forEach((binding) => this.#stored.add(binding));
    this.#uniform.add(index);
    // Or read, where its body holds something.
    this.#reading ||= !this.#inSubgroup && nestsIn(body, this.#body.bound.bindings).length > 0;
    this.#body.count({ index, extent }, () => {
      this.#body.turn(carried, ({ result }) => `v${result}`, body, (of) => this.instructions(of));
    });
    loaded.forEach((binding) => this.#loaded.add(binding));
    stored.forEach((binding) => this.#stored.add(binding));
  }

  /** Done by each of the team, as it stores nothing. */
  #repeat(loop: LoopInstruction): void {
    this.#meet([loop]);
    this.#body.instruction(loop);
  }

  /** Done by the first of the team, who tells the others what is left of it. */
  #single(loop: LoopInstruction): void {
    this.#meet([loop]);
    const { carried } = loop;
    const held = carried.length === 0 ? [] : this.#holdAll(carried);
    this.byFirst(() => {
      this.#body.instruction(loop);
      carried.forEach(({ result }, i) => this.#body.line(`${held[i]}[local] = ${this.#body.value(result, this.#lanes)};`));
    });
    if (carried.length === 0) return;
    this.#body.line("workgroupBarrier();");
    carried.forEach(({ result }, i) => this.#body.line(`let v${result} = ${this.#membersOf(`${held[i]}[${this.across === 1 ? "0" : "base"}]`)[0]};`));
    this.#reading = true;
  }

  /** A barrier where one of the team may touch what another has stored, or store what another has loaded. */
  #meet(instructions: readonly Instruction[]): void {
    const { loaded, stored } = touchedBindings(instructions, this.#body.bound.bindings);
    const meets = [...loaded].some((binding) => this.#stored.has(binding)) || [...stored].some((binding) => this.#stored.has(binding) || this.#loaded.has(binding));
    if (meets) {
      this.#body.line("storageBarrier();");
      this.#loaded.clear();
      this.#stored.clear();
    }
    loaded.forEach((binding) => this.#loaded.add(binding));
    stored.forEach((binding) => this.#stored.add(binding));
  }
}

const partialOf = ({ result }: Carried): string => `partial${result}`;
const joinedOf = ({ result }: Carried): string => `joined${result}`;
