// Sizes: integer expressions over named sizes in a normal form, so that equal sizes are one object.
// A Size is a polynomial: a sum of integer coefficients times products of atoms. Two sizes that are equal as
// polynomials over the same atoms are the same object (interned), hence `===` is equality.

import { userError } from "./errors.ts";

/** A dimension: a known integer, or a symbolic size. A Size is never constant. */
export type Dim = number | Size;

/** What a polynomial is over: a name, or a function of sizes that is not a polynomial. */
export type Atom =
  | { readonly kind: "name"; readonly key: string; readonly name: string }
  | { readonly kind: "floor_div" | "min" | "max"; readonly key: string; readonly args: readonly [Dim, Dim] };

/** coefficient * product of atoms (sorted by key; repeated for powers). The constant term has no atoms. */
export interface Term {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
}

export interface Size {
  readonly kind: "size";
  readonly key: string;
  readonly terms: readonly Term[];
}

const interned = new Map<string, Size>();

function termKey(atoms: readonly Atom[]): string {
  return atoms.map((atom) => atom.key).join("*");
}

function fromTerms(terms: Iterable<Term>): Dim {
  const merged = new Map<string, Term>();
  for (const term of terms) {
    const key = termKey(term.atoms);
    const coefficient = (merged.get(key)?.coefficient ?? 0) + term.coefficient;
    if (!Number.isSafeInteger(coefficient)) throw userError("E110", { message: "a size expression overflows" });
    merged.set(key, { coefficient, atoms: term.atoms });
  }
  const kept = [...merged].filter(([, term]) => term.coefficient !== 0);
  // The constant term prints last; otherwise the order of the keys, which is the same for equal polynomials.
  kept.sort(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1));
  if (kept.length === 0) return 0;
  const only = kept[0]!;
  if (kept.length === 1 && only[0] === "") return only[1].coefficient;
  const key = kept.map(([name, term], i) => showTerm(name, term.coefficient, i === 0)).join("");
  let size = interned.get(key);
  if (size === undefined) {
    size = { kind: "size", key, terms: kept.map(([, term]) => term) };
    interned.set(key, size);
  }
  return size;
}

function showTerm(name: string, coefficient: number, first: boolean): string {
  const sign = coefficient < 0 ? "-" : first ? "" : "+";
  const magnitude = Math.abs(coefficient);
  if (name === "") return `${sign}${magnitude}`;
  return magnitude === 1 ? `${sign}${name}` : `${sign}${magnitude}*${name}`;
}

function termsOf(dim: Dim): readonly Term[] {
  if (typeof dim === "number") return dim === 0 ? [] : [{ coefficient: dim, atoms: [] }];
  return dim.terms;
}

function fromAtom(atom: Atom): Dim {
  return fromTerms([{ coefficient: 1, atoms: [atom] }]);
}

/** A size by its name: an identifier. */
export function namedSize(name: string): Size {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw userError("E111", { message: `"${name}" is not a name for a size`, hint: "use letters, digits and _" });
  }
  return fromAtom({ kind: "name", key: name, name }) as Size;
}

/** Integers beyond 2^53 are not exact: E110. */
function checkedInteger(value: number): number {
  if (!Number.isSafeInteger(value)) throw userError("E110", { message: "a size expression overflows" });
  // -0 is 0.
  return value + 0;
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return checkedInteger(a + b);
  return fromTerms([...termsOf(a), ...termsOf(b)]);
}

export function subDims(a: Dim, b: Dim): Dim {
  return addDims(a, mulDims(-1, b));
}

export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return checkedInteger(a * b);
  if (a === 1) return b;
  if (b === 1) return a;
  const product: Term[] = [];
  for (const x of termsOf(a)) {
    for (const y of termsOf(b)) {
      const atoms = [...x.atoms, ...y.atoms].sort((p, q) => (p.key < q.key ? -1 : p.key > q.key ? 1 : 0));
      product.push({ coefficient: x.coefficient * y.coefficient, atoms });
    }
  }
  return fromTerms(product);
}

/** floor(a / b); b is a positive integer or a size (taken to be positive). Parts that b divides leave the floor. */
export function floorDivDims(a: Dim, b: Dim): Dim {
  if (b === 1) return a;
  if (typeof b === "number" && b <= 0) throw userError("E112", { message: `a size is divided by ${b}` });
  if (typeof a === "number" && typeof b === "number") return checkedInteger(Math.floor(a / b));
  if (a === b) return 1;
  const exact = divideExactly(a, b);
  if (exact !== undefined) return exact;
  if (typeof b === "number") return floorDivByInteger(a as Size, b);
  return fromAtom({ kind: "floor_div", key: `floor_div(${showDim(a)},${showDim(b)})`, args: [a, b] });
}

/**
 * floor((b*q + r) / b) = q + floor(r / b); floor((g*r + c) / (g*b)) = floor((r + floor(c / g)) / b);
 * floor((floor(r / c) + s) / b) = floor((r + c*s) / (c*b)).
 */
function floorDivByInteger(a: Size, b: number): Dim {
  // Every coefficient comes between 0 and b, so that equal floors have one form.
  const whole = fromTerms(a.terms.map(({ coefficient, atoms }) => ({ coefficient: Math.floor(coefficient / b), atoms })));
  if (whole !== 0) return addDims(whole, floorDivDims(subDims(a, mulDims(whole, b)), b));
  const common = a.terms.reduce((g, { coefficient, atoms }) => (atoms.length === 0 ? g : greatestCommonDivisor(g, coefficient)), b);
  if (common > 1) {
    const reduced = a.terms.map(({ coefficient, atoms }) => ({ coefficient: Math.floor(coefficient / common), atoms }));
    return floorDivDims(fromTerms(reduced), b / common);
  }
  const floors = a.terms.filter(({ coefficient, atoms }) => coefficient === 1 && atoms.length === 1 && atoms[0]!.kind === "floor_div");
  const inner = floors.length === 1 ? floors[0]!.atoms[0]! : undefined;
  const [numerator, divisor] = inner?.kind === "floor_div" ? inner.args : [0, undefined];
  if (typeof divisor === "number") {
    const rest = fromTerms(a.terms.filter((term) => term !== floors[0]));
    return floorDivDims(addDims(numerator, mulDims(divisor, rest)), checkedInteger(divisor * b));
  }
  return fromAtom({ kind: "floor_div", key: `floor_div(${a.key},${b})`, args: [a, b] });
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** a / b when every term of `a` is divisible by the single term of `b`. */
export function divideExactly(a: Dim, b: Dim): Dim | undefined {
  const divisor = termsOf(b);
  if (divisor.length !== 1) return undefined;
  const { coefficient, atoms } = divisor[0]!;
  const quotient: Term[] = [];
  for (const term of termsOf(a)) {
    if (term.coefficient % coefficient !== 0) return undefined;
    const rest = [...term.atoms];
    for (const atom of atoms) {
      const at = rest.findIndex((other) => other.key === atom.key);
      if (at < 0) return undefined;
      rest.splice(at, 1);
    }
    quotient.push({ coefficient: term.coefficient / coefficient, atoms: rest });
  }
  return fromTerms(quotient);
}

export function minDims(a: Dim, b: Dim): Dim {
  return extremum("min", a, b);
}

export function maxDims(a: Dim, b: Dim): Dim {
  return extremum("max", a, b);
}

/** Nested extrema of one kind are one sorted list; an operand that another one bounds for all sizes is left out. */
function extremum(kind: "min" | "max", a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return kind === "min" ? Math.min(a, b) : Math.max(a, b);
  const [bounds, opposite] = kind === "min" ? [(x: Dim, y: Dim) => subDims(y, x), "max"] as const : [subDims, "min"] as const;
  // min(x, max(x, y)) is x.
  const beats = (x: Dim, y: Dim): boolean => operandsOf(opposite, y).some((part) => isNonNegative(bounds(x, part)));
  const operands: Dim[] = [];
  for (const operand of [...operandsOf(kind, a), ...operandsOf(kind, b)]) {
    if (operands.some((other) => beats(other, operand))) continue;
    operands.splice(0, operands.length, ...operands.filter((other) => !beats(operand, other)), operand);
  }
  operands.sort((x, y) => (showDim(x) < showDim(y) ? -1 : 1));
  return operands.reduce((x, y) => fromAtom({ kind, key: `${kind}(${showDim(x)},${showDim(y)})`, args: [x, y] }));
}

function operandsOf(kind: "min" | "max", dim: Dim): readonly Dim[] {
  if (typeof dim === "number" || dim.terms.length !== 1) return [dim];
  const { coefficient, atoms } = dim.terms[0]!;
  const atom = atoms[0]!;
  if (coefficient !== 1 || atoms.length !== 1 || atom.kind !== kind) return [dim];
  return atom.args.flatMap((arg) => operandsOf(kind, arg));
}

/** Whether the dimension is >= 0 for all sizes (names stand for sizes, so they are). False where that does not show. */
export function isNonNegative(dim: Dim): boolean {
  if (typeof dim === "number") return dim >= 0;
  return dim.terms.every(({ coefficient, atoms }) => coefficient >= 0 && atoms.every(isNonNegativeAtom));
}

function isNonNegativeAtom(atom: Atom): boolean {
  if (atom.kind === "name") return true;
  return atom.kind === "max" ? atom.args.some(isNonNegative) : atom.args.every(isNonNegative);
}

export function ceilDivDims(a: Dim, b: number): Dim {
  return floorDivDims(addDims(a, b - 1), b);
}

/** Number of elements of a shape. */
export function productOfDims(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(mulDims, 1);
}

export function dimEquals(a: Dim, b: Dim): boolean {
  return a === b;
}

export function showDim(dim: Dim): string {
  return typeof dim === "number" ? String(dim) : dim.key;
}

/** The names that occur in a dimension, in order of first occurrence. */
export function namesInDim(dim: Dim, names: Set<string> = new Set()): Set<string> {
  for (const term of typeof dim === "number" ? [] : dim.terms) {
    for (const atom of term.atoms) {
      if (atom.kind === "name") names.add(atom.name);
      else for (const arg of atom.args) namesInDim(arg, names);
    }
  }
  return names;
}

/** The name if the dimension is a bare name. */
export function nameOfDim(dim: Dim): string | undefined {
  if (typeof dim === "number" || dim.terms.length !== 1) return undefined;
  const { coefficient, atoms } = dim.terms[0]!;
  const atom = atoms[0]!;
  return coefficient === 1 && atoms.length === 1 && atom.kind === "name" ? atom.name : undefined;
}

/** The value under an assignment of sizes; NaN if a name has none. E112 for a division by a size that is not positive. */
export function evaluateDim(dim: Dim, sizes: ReadonlyMap<string, number>): number {
  if (typeof dim === "number") return dim;
  let sum = 0;
  for (const { coefficient, atoms } of dim.terms) {
    let product = coefficient;
    for (const atom of atoms) product *= evaluateAtom(atom, sizes);
    sum += product;
  }
  return sum;
}

function evaluateAtom(atom: Atom, sizes: ReadonlyMap<string, number>): number {
  if (atom.kind === "name") return sizes.get(atom.name) ?? Number.NaN;
  const a = evaluateDim(atom.args[0], sizes);
  const b = evaluateDim(atom.args[1], sizes);
  if (atom.kind !== "floor_div") return atom.kind === "min" ? Math.min(a, b) : Math.max(a, b);
  if (b <= 0) throw userError("E112", { message: `${showDim(atom.args[0])} is divided by ${showDim(atom.args[1])}, which is ${b}` });
  return Math.floor(a / b);
}

/** Replaces names by dimensions. */
export function substituteDims(dim: Dim, replace: (name: string) => Dim): Dim {
  if (typeof dim === "number") return dim;
  let sum: Dim = 0;
  for (const term of dim.terms) {
    let product: Dim = term.coefficient;
    for (const atom of term.atoms) product = mulDims(product, substituteAtom(atom, replace));
    sum = addDims(sum, product);
  }
  return sum;
}

function substituteAtom(atom: Atom, replace: (name: string) => Dim): Dim {
  if (atom.kind === "name") return replace(atom.name);
  const a = substituteDims(atom.args[0], replace);
  const b = substituteDims(atom.args[1], replace);
  return atom.kind === "floor_div" ? floorDivDims(a, b) : atom.kind === "min" ? minDims(a, b) : maxDims(a, b);
}
