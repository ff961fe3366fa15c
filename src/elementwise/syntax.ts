// What of JavaScript can be said in an elementwise function: expressions of numbers and booleans, and bodies made of
// constants, choices and returns. Every part knows where it starts in the source.

export type UnaryOperator = "-" | "+" | "!";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "**";
export type Comparison = "<" | "<=" | ">" | ">=" | "===" | "!==" | "==" | "!=";
export type LogicalOperator = "&&" | "||";

export type Expression =
  | { readonly kind: "literal"; readonly at: number; readonly value: number | boolean }
  /** An argument or a constant of the body. */
  | { readonly kind: "name"; readonly at: number; readonly name: string }
  | { readonly kind: "unary"; readonly at: number; readonly operator: UnaryOperator; readonly operand: Expression }
  | { readonly kind: "arithmetic"; readonly at: number; readonly operator: ArithmeticOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "comparison"; readonly at: number; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "logical"; readonly at: number; readonly operator: LogicalOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "choice"; readonly at: number; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  /** A function of the table in functions.ts, by its full name. */
  | { readonly kind: "call"; readonly at: number; readonly name: string; readonly operands: readonly Expression[] };

export type Statement =
  | { readonly kind: "constant"; readonly at: number; readonly name: string; readonly value: Expression }
  | { readonly kind: "return"; readonly at: number; readonly value: Expression }
  | { readonly kind: "if"; readonly at: number; readonly condition: Expression; readonly yes: readonly Statement[]; readonly no: readonly Statement[] }
  /** Its constants are its own. */
  | { readonly kind: "block"; readonly at: number; readonly body: readonly Statement[] };

export interface ParsedFunction {
  readonly parameters: readonly string[];
  readonly body: readonly Statement[];
}
