// Sources of random functions of three numbers: expressions, and bodies of constants, choices and returns. `exact` ones are
// made of operations that are correctly rounded, so that all have the same bits; on dyadic numbers the `dyadic` ones
// do not round at all, and cannot tell zeros of different sign; `smooth` ones are approximated.
import fc from "fast-check";

export type Sort = "exact" | "dyadic" | "smooth";

const exact = {
  functions: ["Math.abs", "Math.sign", "Math.floor", "Math.ceil", "Math.trunc", "Math.round", "Math.sqrt"],
  operators: ["+", "-", "*", "/", "%"],
};
// Bounded, with bounded derivatives: errors of a unit in the last place stay small.
const smooth = { functions: ["Math.sin", "Math.cos", "Math.tanh", "Math.atan", "Math.asinh"], operators: ["+", "-", "*"] };
const sorts = { exact, dyadic: { functions: exact.functions.filter((name) => name !== "Math.sqrt"), operators: ["+", "-", "*", "%"] }, smooth };

interface Trees {
  readonly number: string;
  readonly boolean: string;
}

/** Numbers and booleans as sources, of names in scope. Conditions compare names only: what is approximated must not decide. */
function expressions(sort: Sort, names: readonly string[]): { readonly [K in keyof Trees]: fc.Arbitrary<string> } {
  const { functions, operators } = sorts[sort];
  const leaf = fc.oneof(fc.constantFrom(...names), fc.constantFrom("0", "1", "2", "0.5", ".25", "3", "0x10", "1e1"));
  return fc.letrec<Trees>((tie) => {
    const compared = sort !== "smooth" ? tie("number") : fc.constantFrom("x", "y", "z", "0", "1");
    return {
      number: fc.oneof({ depthSize: "small", withCrossShrink: true },
        leaf,
        fc.tuple(tie("number"), fc.constantFrom(...operators), tie("number")).map(([a, op, b]) => `(${a} ${op} ${b})`),
        fc.tuple(fc.constantFrom("-", "+"), tie("number")).map(([op, a]) => `${op}(${a})`),
        fc.tuple(fc.constantFrom(...functions), tie("number")).map(([f, a]) => `${f}(${a})`),
        fc.tuple(fc.constantFrom("Math.max", "Math.min"), tie("number"), tie("number"), leaf).map(([f, a, b, c]) => `${f}(${a}, ${b}, ${c})`),
        fc.tuple(tie("boolean"), tie("number"), tie("number")).map(([p, a, b]) => `(${p} ? ${a} : ${b})`),
        // Without parentheses precedence decides.
        fc.tuple(leaf, fc.constantFrom("+", "-", "*"), leaf, fc.constantFrom("+", "-", "*"), leaf).map((parts) => `(${parts.join(" ")})`)),
      boolean: fc.oneof({ depthSize: "small", withCrossShrink: true },
        fc.tuple(compared, fc.constantFrom("<", "<=", ">", ">=", "===", "!=="), compared).map(([a, op, b]) => `(${a} ${op} ${b})`),
        fc.tuple(tie("boolean"), fc.constantFrom("&&", "||"), tie("boolean")).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie("boolean").map((a) => `!${a}`),
        fc.constantFrom("isNaN(x)", "isFinite(y)", "true", "x > y === y > z", "x < 1 && y < 1 || z")),
    };
  });
}

/** `(x, y, z) => ...` */
export function functionSource(sort: Sort): fc.Arbitrary<string> {
  const outer = expressions(sort, ["x", "y", "z"]);
  const inner = expressions(sort, ["x", "y", "z", "a", "b"]);
  const body = fc.tuple(outer.number, outer.number, inner.boolean, inner.number, inner.boolean, inner.number, inner.number).map(([a, b, p, early, q, late, last]) =>
    `{ const a = ${a}, b = ${b}; if (${p}) { const c = ${early}; if (${q}) return c; } else if (${q}) return ${late}; return ${last} }`);
  return fc.oneof(outer.number, body).map((text) => `(x, y, z) => ${text}`);
}
