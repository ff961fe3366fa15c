// The algebra of sizes: laws of polynomials, floor_div, min and max, each held against plain integer arithmetic.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../ir/parse-cursor.ts";
import { parseDim } from "../../ir/parse-attribute.ts";
import type { Dim } from "../../ir/size.ts";
import {
  addDims, ceilDivDims, divideExactly, evaluateDim, floorDivDims, isNonNegative, maxDims, minDims, mulDims, nameOfDim, namedSize,
  namesInDim, showDim, subDims, substituteDims,
} from "../../ir/size.ts";

const n = namedSize("n");
const m = namedSize("m");

/** An expression as a tree, built twice: in the algebra, and as a function on integers. */
interface Expression {
  readonly dim: Dim;
  readonly value: (sizes: ReadonlyMap<string, number>) => number;
  readonly text: string;
}

const names = ["a", "b", "c"];
type Sizes = ReadonlyMap<string, number>;
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map((value) => ({ dim: value, value: () => value, text: String(value) })),
  fc.constantFrom(...names).map((name) => ({ dim: namedSize(name), value: (sizes: Sizes) => sizes.get(name)!, text: name })),
);

const operations = {
  add: [addDims, (x: number, y: number) => x + y],
  sub: [subDims, (x: number, y: number) => x - y],
  mul: [mulDims, (x: number, y: number) => x * y],
  min: [minDims, Math.min],
  max: [maxDims, Math.max],
} as const;

const { tree: expression } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: "size" },
    leaf,
    fc.tuple(fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])), tie("tree"), tie("tree")).map(([name, x, y]) => {
      const [build, apply] = operations[name];
      return { dim: build(x.dim, y.dim), value: (sizes: Sizes) => apply(x.value(sizes), y.value(sizes)), text: `${name}(${x.text},${y.text})` };
    }),
    fc.tuple(tie("tree"), fc.integer({ min: 1, max: 8 })).map(([x, divisor]) => ({
      dim: floorDivDims(x.dim, divisor), value: (sizes: Sizes) => Math.floor(x.value(sizes) / divisor), text: `floor_div(${x.text},${divisor})`,
    })),
  ),
}));

const assignment = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((values) => new Map(values.map((value, i) => [names[i]!, value])));

const polynomial: fc.Arbitrary<Dim> = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.array(fc.constantFrom(...names), { maxLength: 3 })), { maxLength: 4 })
  .map((terms) => terms.reduce<Dim>((sum, [coefficient, atoms]) =>
    addDims(sum, atoms.reduce<Dim>((product, name) => mulDims(product, namedSize(name)), coefficient)), 0));

describe("the value of an expression", () => {
  test("is that of integer arithmetic", () => {
    fc.assert(fc.property(expression, assignment, (e, sizes) => {
      expect(evaluateDim(e.dim, sizes), e.text).toBe(e.value(sizes) + 0);
    }), { numRuns: 2000 });
  });

  test("stays the same when names are replaced by numbers", () => {
    fc.assert(fc.property(expression, assignment, (e, sizes) => {
      expect(substituteDims(e.dim, (name) => sizes.get(name)!), e.text).toBe(e.value(sizes) + 0);
    }), { numRuns: 1000 });
  });

  test("prints and parses as the same object", () => {
    fc.assert(fc.property(expression, (e) => {
      expect(parseDim(new Cursor(showDim(e.dim), "size")), e.text).toBe(e.dim);
    }), { numRuns: 1000 });
  });

  test("is not negative where isNonNegative says so", () => {
    fc.assert(fc.property(expression, assignment, (e, sizes) => {
      if (isNonNegative(e.dim)) expect(e.value(sizes), e.text).toBeGreaterThanOrEqual(0);
    }), { numRuns: 1000 });
  });
});

describe("polynomials are equal as objects when they are equal", () => {
  test("commutative, associative, distributive laws; inverses", () => {
    fc.assert(fc.property(polynomial, polynomial, polynomial, (x, y, z) => {
      expect(addDims(x, y)).toBe(addDims(y, x));
      expect(mulDims(x, y)).toBe(mulDims(y, x));
      expect(addDims(addDims(x, y), z)).toBe(addDims(x, addDims(y, z)));
      expect(mulDims(mulDims(x, y), z)).toBe(mulDims(x, mulDims(y, z)));
      expect(mulDims(x, addDims(y, z))).toBe(addDims(mulDims(x, y), mulDims(x, z)));
      expect(subDims(x, x)).toBe(0);
      expect(subDims(addDims(x, y), y)).toBe(x);
      expect(mulDims(x, 1)).toBe(x);
      expect(mulDims(0, x)).toBe(0);
    }));
  });

  test("min and max are idempotent, commutative and associative", () => {
    fc.assert(fc.property(polynomial, polynomial, polynomial, (x, y, z) => {
      for (const extremum of [minDims, maxDims]) {
        expect(extremum(x, x)).toBe(x);
        expect(extremum(x, y)).toBe(extremum(y, x));
        expect(extremum(extremum(x, y), z)).toBe(extremum(x, extremum(y, z)));
      }
    }));
  });

  test("min and max absorb each other", () => {
    fc.assert(fc.property(polynomial, polynomial, (x, y) => {
      expect(minDims(x, maxDims(x, y))).toBe(x);
      expect(maxDims(minDims(x, y), x)).toBe(x);
    }));
  });

  test("floor_div undoes a product and lets multiples out", () => {
    fc.assert(fc.property(polynomial, polynomial, fc.integer({ min: 1, max: 9 }), (x, y, d) => {
      expect(floorDivDims(mulDims(x, d), d)).toBe(x);
      expect(floorDivDims(addDims(mulDims(x, d), y), d)).toBe(addDims(x, floorDivDims(y, d)));
      expect(floorDivDims(mulDims(x, m), m)).toBe(x);
    }));
  });

  test("floor_div of floor_div is one", () => {
    fc.assert(fc.property(polynomial, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (x, d, e) => {
      expect(floorDivDims(floorDivDims(x, d), e)).toBe(floorDivDims(x, d * e));
    }));
  });
});

describe("normal forms", () => {
  test.each([
    [addDims(n, 2), "n+2"],
    [subDims(n, 2), "n-2"],
    [mulDims(-1, n), "-n"],
    [mulDims(addDims(n, 1), addDims(n, -1)), "n*n-1"],
    [floorDivDims(addDims(mulDims(4, n), 7), 4), "n+1"],
    [floorDivDims(addDims(mulDims(2, n), 7), 4), "floor_div(n+1,2)+1"],
    [floorDivDims(subDims(n, 3), 2), "floor_div(n+1,2)-2"],
    [floorDivDims(mulDims(n, m), n), "m"],
    [floorDivDims(n, m), "floor_div(n,m)"],
    [ceilDivDims(n, 16), "floor_div(n+15,16)"],
    [ceilDivDims(mulDims(n, 16), 16), "n"],
    [minDims(n, addDims(n, 1)), "n"],
    [maxDims(n, 0), "n"],
    [maxDims(subDims(n, 1), 0), "max(0,n-1)"],
    [minDims(minDims(m, 7), n), "min(min(7,m),n)"],
    [maxDims(n, mulDims(n, m)), "max(m*n,n)"],
    [minDims(3, minDims(n, 5)), "min(3,n)"],
  ])("%# %s is %s", (dim, text) => {
    expect(showDim(dim)).toBe(text);
  });

  test("divideExactly says whether a size divides", () => {
    expect(divideExactly(mulDims(6, mulDims(n, m)), mulDims(2, m))).toBe(mulDims(3, n));
    expect(divideExactly(addDims(n, 1), 2)).toBeUndefined();
    expect(divideExactly(n, m)).toBeUndefined();
    expect(divideExactly(0, n)).toBe(0);
  });

  test("names", () => {
    expect([...namesInDim(minDims(floorDivDims(n, 2), mulDims(m, 3)))].sort()).toEqual(["m", "n"]);
    expect(nameOfDim(n)).toBe("n");
    expect([4, mulDims(2, n), mulDims(n, n), addDims(n, 1), minDims(n, m)].map(nameOfDim)).toEqual(Array(5).fill(undefined));
  });
});

describe("refused", () => {
  test("names that are not identifiers", () => {
    for (const name of ["", "a b", "3n", "a-b", "é"]) expect(() => namedSize(name)).toThrow(/E111/);
  });
  test("divisors that are not positive", () => {
    expect(() => floorDivDims(n, 0)).toThrow(/E112/);
    expect(() => floorDivDims(n, -2)).toThrow(/E112/);
    expect(() => floorDivDims(4, 0)).toThrow(/E112/);
    expect(() => evaluateDim(floorDivDims(n, m), new Map([["n", 4], ["m", 0]]))).toThrow(/E112/);
  });
  test("coefficients beyond 2^53", () => {
    expect(() => mulDims(2 ** 40, 2 ** 40)).toThrow(/E110/);
    expect(() => mulDims(mulDims(2 ** 40, n), 2 ** 40)).toThrow(/E110/);
    expect(() => addDims(Number.MAX_SAFE_INTEGER, 1)).toThrow(/E110/);
  });
  test("a name without a value gives NaN", () => {
    expect(evaluateDim(addDims(n, m), new Map([["n", 1]]))).toBeNaN();
  });
});
