// Where the loads and stores of a grid's places lie, as far as it is a sum of multiples of the loops' indices: written of the place's number itself, in which loops that walk
// memory as one are one. So an element of a dense tensor is `at`, and what is broadcast along rows costs one division.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import type { Lanes } from "./lanes.ts";
import { multiply, type KnownSizes, type Product } from "./grid.ts";

/** A multiple of each loop's index, from the outermost inwards, and a number. */
interface Offset {
  readonly strides: readonly Product[];
  readonly plus: number;
}

const none: Product = { times: 0, words: [] };

export class PlaceOffsets {
  readonly #loops: readonly LoopInstruction[];
  readonly #extents: readonly (Product | undefined)[];
  readonly #offsets = new Map<ValueId, Offset>();

  /** `loops`: each before those in it. */
  constructor(kernel: Kernel, loops: readonly LoopInstruction[], sizes: KnownSizes) {
    this.#loops = loops;
    const fixed = loops.map(() => none);
    const scalars = new Map<ValueId, Product>();
    const note = (instruction: Instruction): void => {
      if (instruction.kind === "constant" && instruction.dtype === "i32") scalars.set(instruction.id, { times: Number(instruction.value), words: [] });
      if (instruction.kind === "size") scalars.set(instruction.id, sizeOf(instruction.parameter, sizes));
      if (instruction.kind !== "op" || instruction.dtype !== "i32") return;
      const [a, b] = instruction.args as [ValueId, ValueId];
      const [x, y] = [scalars.get(a), scalars.get(b)];
      if (instruction.op === "mul" && x !== undefined && y !== undefined) scalars.set(instruction.id, multiply(x, y)!);
      // An epilogue goes through rows from a first one, 0 here, up to an end.
      else if (instruction.op === "sub" && x !== undefined && y?.times === 0) scalars.set(instruction.id, x);
      else this.#note(instruction.id, instruction.op, [a, b], [x, y]);
    };
    /** A number that is known is an offset, too. */
    this.#ofScalar = (value) => (value !== undefined && value.words.length === 0 ? { strides: fixed, plus: value.times } : undefined);
    kernel.body.forEach(note);
    loops.forEach((loop, axis) => {
      this.#offsets.set(loop.index, { strides: fixed.map((stride, i) => (i === axis ? { times: 1, words: [] } : stride)), plus: 0 });
      loop.body.forEach(note);
    });
    this.#extents = loops.map(({ extent }) => scalars.get(extent));
  }

  readonly #ofScalar: (value: Product | undefined) => Offset | undefined;

  #note(id: ValueId, op: string, [a, b]: readonly [ValueId, ValueId], [x, y]: readonly (Product | undefined)[]): void {
    const [p, q] = [this.#offsets.get(a) ?? this.#ofScalar(x), this.#offsets.get(b) ?? this.#ofScalar(y)];
    const offset = op === "add" ? p && q && add(p, q) : op === "mul" ? (p && y && scale(p, y)) ?? (q && x && scale(q, x)) : undefined;
    if (offset !== undefined) this.#offsets.set(id, offset);
  }

  /** Where four neighbouring iterations of a loop, the innermost if not said, are: side by side and aligned, or in one place. Undefined: neither, or it is not known. */
  ofFour(offset: ValueId, loop = this.#loops.length - 1): "vector" | "one" | undefined {
    const found = this.#offsets.get(offset);
    const own = found?.strides[loop];
    if (found === undefined || own === undefined || own.words.length > 0) return undefined;
    if (own.times === 0) return "one";
    return own.times === 1 && found.plus % 4 === 0 && found.strides.every(({ times }, i) => i === loop || times % 4 === 0) ? "vector" : undefined;
  }

  /** Whether a loop, the innermost if not said, is a number of fours. */
  isOfFours(loop = this.#loops.length - 1): boolean {
    const extent = this.#extents[loop];
    return extent !== undefined && extent.times % 4 === 0;
  }

  /** Iterations of a loop, where that is known. */
  lengthOf(loop: number): number | undefined {
    const extent = this.#extents[loop];
    return extent?.words.length === 0 ? extent.times : undefined;
  }

  /** A name for where an offset that is known goes with the index of a loop: the same for one that goes there with that of another loop. */
  lineOf(offset: ValueId, loop: number): string {
    const { strides, plus } = this.#offsets.get(offset)!;
    return [...strides.map(({ times, words }, i) => (i === loop ? 0 : [times, ...[...words].sort()].join("*"))), plus].join();
  }

  /** Which of the loops has an index. */
  loopOf(index: ValueId): number {
    return this.#loops.findIndex((loop) => loop.index === index);
  }

  /** How many places there are, or fours of them: a u32. */
  total(lanes: Lanes): string | undefined {
    const product = this.#extents.reduce(multiply, { times: 1, words: [] });
    return product && textOf({ ...product, times: product.times / lanes });
  }

  /** An offset as a u32 of the place `at`; `four`: `at` counts fours of places, and what lies side by side is counted in fours, too. Undefined: it is not known. */
  text(offset: ValueId, at: string, four = false): string | undefined {
    const found = this.#offsets.get(offset);
    if (found === undefined || this.#extents.slice(four ? 0 : 1).includes(undefined) || this.#extents.some((extent) => extent?.times === 0)) return undefined;
    const isVector = four && this.ofFour(offset) === "vector";
    const extents = this.#extents.map((extent, i) => (four && i === this.#extents.length - 1 ? { ...extent!, times: extent!.times / 4 } : extent));
    const strides = found.strides.map((stride, i) => (isVector && i < found.strides.length - 1 ? { ...stride, times: stride.times / 4 } : stride));
    const terms: string[] = [];
    // From the innermost loop outwards: `below` places to an iteration, `through` to a run of loops that walk memory as one.
    let below: Product = { times: 1, words: [] };
    for (let i = strides.length - 1; i >= 0;) {
      const stride = strides[i]!;
      let through: Product = extents[i] ?? none;
      for (i--; i >= 0 && stride.times !== 0 && isSame(strides[i]!, multiply(stride, through)!); i--) through = i === 0 ? none : multiply(through, extents[i]!)!;
      if (stride.times !== 0 && !isOne(through)) {
        const place = isOne(below) ? at : `${at} / ${inParentheses(below)}`;
        const index = i < 0 ? place : `${place} % ${inParentheses(through)}`;
        terms.unshift(isOne(stride) ? index : `${index === at ? index : `(${index})`} * ${textOf(stride)}`);
      }
      if (i >= 0) below = multiply(below, through)!;
    }
    const plus = isVector ? found.plus / 4 : found.plus;
    if (plus > 0 || terms.length === 0) terms.push(`${plus}u`);
    return terms.join(" + ");
  }
}

function sizeOf(parameter: number, sizes: KnownSizes): Product {
  const known = sizes[parameter];
  return known === undefined ? { times: 1, words: [parameter] } : { times: known, words: [] };
}

/** Offsets do not go below 0 anywhere: with negative strides or numbers they are left as they are. */
function scale({ strides, plus }: Offset, by: Product): Offset | undefined {
  return by.times < 0 || (plus !== 0 && by.words.length > 0) ? undefined : { strides: strides.map((stride) => canonical(multiply(stride, by)!)), plus: plus * by.times };
}

function add(a: Offset, b: Offset): Offset | undefined {
  const strides = a.strides.map((stride, i) => {
    const other = b.strides[i]!;
    if (stride.times === 0) return other;
    if (other.times === 0) return stride;
    return isSame({ ...stride, times: 1 }, { ...other, times: 1 }) ? { ...stride, times: stride.times + other.times } : undefined;
  });
  const plus = a.plus + b.plus;
  return strides.includes(undefined) || plus < 0 ? undefined : { strides: strides as readonly Product[], plus };
}

function canonical(product: Product): Product {
  return product.times === 0 ? none : product;
}

function isSame(a: Product, b: Product): boolean {
  return a.times === b.times && [...a.words].sort().join() === [...b.words].sort().join();
}

function isOne(product: Product): boolean {
  return product.times === 1 && product.words.length === 0;
}

function textOf({ times, words }: Product): string {
  return [...(times === 1 && words.length > 0 ? [] : [`${times}u`]), ...words.map((word) => `u32(sizes.s${word})`)].join(" * ");
}

function inParentheses(product: Product): string {
  const text = textOf(product);
  return text.includes(" ") ? `(${text})` : text;
}
