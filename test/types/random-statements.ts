// Random statements over operators whose result depends on shapes: about half are mistakes.

/** Mulberry32: a small seeded generator. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Shape = (number | string)[];

class Choices {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** From low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }
  of<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)]!;
  }
  likely(probability = 0.75): boolean {
    return this.#random() < probability;
  }
  dim(): number | string {
    return this.of([1, 1, 2, 3, 4, 6, "n"]);
  }
  shape(low = 0, high = 4): Shape {
    return Array.from({ length: this.integer(low, high) }, () => this.dim());
  }
  known(low = 0, high = 4): number[] {
    return Array.from({ length: this.integer(low, high) }, () => this.of([1, 2, 3, 4, 6]));
  }
  /** An axis of a tensor of this rank, now and then one beside it. */
  axis(rank: number): number {
    return this.likely(0.9) ? this.integer(-rank, rank - 1) : this.of([-rank - 1, rank]);
  }
  axes(rank: number): number[] {
    return Array.from({ length: this.integer(1, 2) }, () => this.axis(rank));
  }
  shuffled<T>(list: readonly T[]): T[] {
    return list.map((item) => [this.#random(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
  }
  /** The shape with some sizes made 1 and some leading axes gone, now and then spoilt. */
  stretchable(shape: Shape): Shape {
    const part = shape.slice(this.integer(0, shape.length)).map((dim) => (this.likely() ? dim : 1));
    return this.likely() ? part : this.shape();
  }
}

const text = (value: unknown): string => JSON.stringify(value);
const tensor = (shape: Shape, dtype?: string): string => `tensor(${text(shape)}${dtype === undefined ? "" : `, ${text(dtype)}`})`;

const dtypes = ["f32", "f64", "i32", "u32", "i64", "i8", "u8", "bool"];

const makers: { readonly [name: string]: (c: Choices) => string } = {
  add(c) {
    const a = c.shape();
    return `${tensor(a, c.of(dtypes))}.${c.of(["add", "div", "eq", "maximum"])}(${tensor(c.stretchable(a), c.of(dtypes))})`;
  },
  select(c) {
    const a = c.shape();
    return `select(${tensor(c.stretchable(a), c.likely(0.9) ? "bool" : "f32")}, ${tensor(a, c.of(dtypes))}, ${tensor(c.stretchable(a), c.of(dtypes))})`;
  },
  dot(c) {
    const a = c.shape();
    const lead = c.stretchable(a.slice(0, -2));
    const b = c.likely(0.3) ? [a.at(-1) ?? 1] : [...lead, c.likely(0.8) ? (a.at(-1) ?? 1) : c.dim(), c.dim()];
    return `${tensor(a)}.dot(${tensor(b)})`;
  },
  tensordot(c) {
    const a = c.shape(1);
    const count = c.integer(0, 2);
    const b = [...(c.likely() ? a.slice(Math.max(0, a.length - count)) : c.shape()), ...c.shape(0, 2)];
    return `${tensor(a)}.tensordot(${tensor(b)}, ${count})`;
  },
  outer: (c) => `${tensor(c.known(0, 2))}.outer(${tensor(c.shape(0, 2))})`,
  reduce(c) {
    const a = c.shape(1);
    const axes = c.likely() ? c.axis(a.length) : c.axes(a.length);
    const keep = c.likely(0.5) ? ", { keepDims: true }" : "";
    return `${tensor(a, c.of(dtypes))}.${c.of(["sum", "mean", "any", "max"])}(${text(axes)}${keep})`;
  },
  softmax(c) {
    const a = c.shape(1);
    return `${tensor(a)}.softmax(${text(c.likely() ? c.axis(a.length) : c.axes(a.length))})`;
  },
  transpose(c) {
    const a = c.shape(1);
    const order = c.shuffled(a.map((_, axis) => (c.likely() ? axis : axis - a.length)));
    return `${tensor(a)}.transpose(${c.likely(0.3) ? "" : text(c.likely() ? order : order.slice(1))})`;
  },
  swapAxes(c) {
    const a = c.shape(1);
    return `${tensor(a)}.${c.of(["swapAxes", "moveAxis"])}(${c.axis(a.length)}, ${c.axis(a.length)})`;
  },
  reshape(c) {
    const a = c.known();
    const target = c.likely() ? c.shuffled([...a, 1]) : c.known();
    if (c.likely(0.5) && target.length > 0) target[c.integer(0, target.length - 1)] = -1;
    return `${tensor(a)}.reshape(${text(target)})`;
  },
  flatten: (c) => `${tensor(c.known())}.flatten()`,
  expandDims(c) {
    const a = c.shape();
    return `${tensor(a)}.expandDims(${c.axis(a.length + 1)})`;
  },
  squeeze(c) {
    const a = c.shape(1);
    const ones = a.map((_, axis) => axis).filter((axis) => a[axis] === 1);
    const axes = ones.length > 0 && c.likely() ? [c.of(ones), c.of([text(ones), ""])][c.integer(0, 1)] : c.axis(a.length);
    return `${tensor(a)}.squeeze(${axes})`;
  },
  broadcastTo(c) {
    const a = c.shape();
    return `${tensor(c.stretchable(a))}.broadcastTo(${text(a)})`;
  },
  at(c) {
    const a = c.shape(1);
    const index = a.slice(c.likely(0.9) ? c.integer(0, a.length) : 0).map(() => c.of(["0", `":"`, "{ step: 1 }", "null", `":"`]));
    if (c.likely(0.4)) index.splice(c.integer(0, index.length), 0, `"..."`);
    if (c.likely(0.3)) index.splice(c.integer(0, index.length), 0, tensor(c.shape(0, 2), "i32"));
    return `${tensor(a)}.at(${index.join(", ")})`;
  },
  take(c) {
    const a = c.shape(1);
    return `${tensor(a)}.take(${tensor(c.shape(0, 2), c.likely(0.9) ? "i32" : "f32")}, ${c.axis(a.length)})`;
  },
  takeAlongAxis(c) {
    const a = c.shape(1);
    const axis = c.axis(a.length);
    const indices = a.map((dim, i) => (i === (axis + a.length) % a.length ? c.dim() : c.likely() ? dim : 1));
    return `${tensor(a)}.takeAlongAxis(${tensor(c.likely(0.9) ? indices : c.shape(), "i32")}, ${axis})`;
  },
  concat(c) {
    const a = c.shape(1);
    const axis = c.axis(a.length);
    const b = a.map((dim, i) => (i === (axis + a.length) % a.length ? c.dim() : dim));
    return `concat([${tensor(a, c.of(dtypes))}, ${tensor(c.likely() ? b : c.shape(), c.of(dtypes))}], ${axis})`;
  },
  stack(c) {
    const a = c.shape();
    return `stack([${tensor(a)}, ${tensor(c.likely() ? a : c.shape())}], ${c.axis(a.length + 1)})`;
  },
  split(c) {
    const a = c.known(1);
    return `${tensor(a)}.split(${c.integer(1, 4)}, ${c.axis(a.length)})[0]`;
  },
  tile: (c) => `${tensor(c.known())}.tile(${text(c.known(0, 3))})`,
  repeat(c) {
    const a = c.known(1);
    return `${tensor(a)}.repeat(${c.integer(1, 12)}, ${c.axis(a.length)})`;
  },
  pad(c) {
    const a = c.known();
    const widths = a.map(() => [c.integer(0, 3), c.integer(0, 99)]);
    return `${tensor(a)}.pad(${text(c.likely(0.9) ? widths : widths.slice(1))})`;
  },
  cumsum(c) {
    const a = c.known(1);
    return `${tensor(a, c.of(dtypes))}.cumsum(${c.likely(0.2) ? "" : c.axis(a.length)})`;
  },
  conv2d(c) {
    const channels = c.integer(1, 3);
    const x = [c.dim(), c.likely() ? c.integer(5, 30) : "n", c.integer(5, 30), channels];
    const filters = [c.integer(1, 5), c.integer(1, 5), c.likely() ? channels : c.integer(1, 3), c.integer(1, 3)];
    const padding = c.of([undefined, "valid", "same", "full", 1, 2]);
    const stride = c.of([undefined, 1, 2, 3, [1, 2]]);
    return `conv2d(${tensor(x)}, ${tensor(filters)}, ${text({ padding, stride })})`;
  },
  maxPool2d(c) {
    const x = [c.dim(), c.integer(5, 30), c.integer(5, 30), 2].slice(c.likely(0.9) ? 0 : 1);
    const padding = c.of([undefined, "valid", "same"]);
    return `maxPool2d(${tensor(x)}, ${text(c.of([2, 3, [2, 4]]))}, ${text({ padding, stride: c.of([undefined, 1, 2]) })})`;
  },
  softmaxCrossEntropy(c) {
    const a = c.shape(1);
    return `softmaxCrossEntropy(${tensor(a)}, ${tensor(c.likely() ? a.slice(0, -1) : c.shape(), c.of(["i32", "i32", "u8", "f32"]))})`;
  },
};

/** `each` statements of every kind. */
export function randomStatements(each: number, seed: number): string[] {
  const choices = new Choices(seeded(seed));
  return Object.values(makers).flatMap((make) => Array.from({ length: each }, () => make(choices)));
}
