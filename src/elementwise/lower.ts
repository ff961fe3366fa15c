// Builds what a parsed function computes out of the language's own elementwise operators. What is known when the graph is
// built is computed there, in JavaScript's own arithmetic; a choice that depends on elements computes both sides.

import type { Node } from "../../ir/node.ts";
import type { DType } from "../../ir/types.ts";
import * as ops from "../ops/elementwise.ts";
import { toDType } from "../ops/operand.ts";
import { convert, full } from "../ops/primitive.ts";
import { numberFunctions, power, remainder } from "./functions.ts";
import { unreadable } from "./source.ts";
import type { ArithmeticOperator, Comparison, Expression, ParsedFunction, Statement } from "./syntax.ts";

/** A number or a boolean of the function: known now, or a tensor of floats or of bools. */
export type Value = number | boolean | Node;
type NumberValue = number | Node;
type BooleanValue = boolean | Node;

type Environment = ReadonlyMap<string, Value>;
/** What is returned where a list of statements ends without a return. */
type Rest = () => Value;

const isKnown = (value: Value): value is number | boolean => typeof value !== "object";
const isBoolean = (value: Value): value is BooleanValue => (isKnown(value) ? typeof value === "boolean" : value.type.dtype === "bool");

const arithmetic: { readonly [K in ArithmeticOperator]: { known(a: number, b: number): number; build(a: Node, b: Node): Node } } = {
  "+": { known: (a, b) => a + b, build: ops.add },
  "-": { known: (a, b) => a - b, build: ops.sub },
  "*": { known: (a, b) => a * b, build: ops.mul },
  "/": { known: (a, b) => a / b, build: ops.div },
  "%": { known: (a, b) => a % b, build: remainder },
  "**": { known: (a, b) => a ** b, build: power },
};

const comparisons: { readonly [K in Comparison]: { known(a: number, b: number): boolean; readonly build: ops.Binary } } = {
  "<": { known: (a, b) => a < b, build: ops.lt },
  "<=": { known: (a, b) => a <= b, build: ops.le },
  ">": { known: (a, b) => a > b, build: ops.gt },
  ">=": { known: (a, b) => a >= b, build: ops.ge },
  "===": { known: (a, b) => a === b, build: ops.eq },
  "==": { known: (a, b) => a === b, build: ops.eq },
  "!==": { known: (a, b) => a !== b, build: ops.ne },
  "!=": { known: (a, b) => a !== b, build: ops.ne },
};

class Lowering {
  readonly #source: string;
  /** The dtype of all numbers. */
  readonly #dtype: DType;

  constructor(source: string, dtype: DType) {
    this.#source = source;
    this.#dtype = dtype;
  }

  run(statements: readonly Statement[], environment: Environment, rest: Rest): Value {
    const [statement, ...others] = statements;
    if (statement === undefined) return rest();
    switch (statement.kind) {
      case "return":
        return this.value(statement.value, environment);
      case "constant":
        return this.run(others, new Map(environment).set(statement.name, this.value(statement.value, environment)), rest);
      case "block":
        return this.run(statement.body, environment, () => this.run(others, environment, rest));
      case "if": {
        const condition = this.#condition(statement.condition, environment);
        const after = once(() => this.run(others, environment, rest));
        return this.#choose(statement.at, condition, () => this.run(statement.yes, environment, after), () => this.run(statement.no, environment, after));
      }
    }
  }

  value(expression: Expression, environment: Environment): Value {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "name":
        return environment.get(expression.name)!;
      case "unary":
        return this.#unary(expression, environment);
      case "arithmetic": {
        const { known, build } = arithmetic[expression.operator];
        return this.#compute(known, build, [this.#number(expression.left, environment), this.#number(expression.right, environment)]);
      }
      case "comparison":
        return this.#comparison(expression, environment);
      case "logical": {
        const left = this.value(expression.left, environment);
        const isAnd = expression.operator === "&&";
        const right = (): Value => this.value(expression.right, environment);
        return this.#choose(expression.at, this.#truth(left), isAnd ? right : () => left, isAnd ? () => left : right);
      }
      case "choice":
        return this.#choose(expression.at, this.#condition(expression.condition, environment),
          () => this.value(expression.yes, environment), () => this.value(expression.no, environment));
      case "call": {
        const { known, build } = numberFunctions.get(expression.name)!;
        return this.#compute(known, build, expression.operands.map((operand) => this.#number(operand, environment)));
      }
    }
  }

  #unary({ operator, operand }: Expression & { readonly kind: "unary" }, environment: Environment): Value {
    if (operator === "!") {
      const condition = this.#condition(operand, environment);
      return isKnown(condition) ? !condition : ops.not(condition);
    }
    const value = this.#number(operand, environment);
    if (operator === "+") return value;
    return typeof value === "number" ? -value : ops.neg(value);
  }

  #comparison({ at, operator, left, right }: Expression & { readonly kind: "comparison" }, environment: Environment): BooleanValue {
    const [a, b] = [this.value(left, environment), this.value(right, environment)];
    const isEquality = operator.length > 1 && operator !== "<=" && operator !== ">=";
    if (isEquality && isBoolean(a) !== isBoolean(b)) throw unreadable(this.#source, at, "a number is compared with a boolean");
    const { known, build } = comparisons[operator];
    return this.#compute(known, build, [this.#toNumber(a), this.#toNumber(b)]);
  }

  /** Of known numbers now, else as a node. */
  #compute<P extends number[], R extends number | boolean>(known: (...operands: P) => R, build: (...operands: { [K in keyof P]: Node }) => Node, operands: readonly NumberValue[]): R | Node {
    if (operands.every((operand) => typeof operand === "number")) return known(...(operands as P));
    return build(...(operands.map((operand) => toDType("elementwise", operand, this.#dtype)) as { [K in keyof P]: Node }));
  }

  /** A boolean used as a number is 0 or 1. */
  #toNumber(value: Value): NumberValue {
    if (!isBoolean(value)) return value as NumberValue;
    return isKnown(value) ? Number(value) : convert(value, this.#dtype);
  }

  #number(expression: Expression, environment: Environment): NumberValue {
    return this.#toNumber(this.value(expression, environment));
  }

  /** A number used as a boolean is false where it is 0 or NaN. */
  #truth(value: Value): BooleanValue {
    if (isKnown(value)) return Boolean(value);
    return isBoolean(value) ? value : ops.gt(ops.abs(value), 0);
  }

  /** The truth of an expression; of parts that are joined by && and || the truth is all that is needed. */
  #condition(expression: Expression, environment: Environment): BooleanValue {
    if (expression.kind !== "logical") return this.#truth(this.value(expression, environment));
    const left = this.#condition(expression.left, environment);
    const isAnd = expression.operator === "&&";
    if (isKnown(left)) return left === isAnd ? this.#condition(expression.right, environment) : left;
    const right = this.#condition(expression.right, environment);
    if (isKnown(right)) return right === isAnd ? left : right;
    return isAnd ? ops.and(left, right) : ops.or(left, right);
  }

  #choose(at: number, condition: BooleanValue, yes: Rest, no: Rest): Value {
    if (isKnown(condition)) return condition ? yes() : no();
    const [a, b] = [yes(), no()];
    if (isBoolean(a) !== isBoolean(b)) throw unreadable(this.#source, at, "the value is a number in one case and a boolean in the other");
    const dtype = isBoolean(a) ? "bool" : this.#dtype;
    return ops.select(condition, toDType("elementwise", a, dtype), toDType("elementwise", b, dtype));
  }
}

/** What follows a choice is built once, whichever side reaches it. */
function once(rest: Rest): Rest {
  let value: Value | undefined;
  return () => (value ??= rest());
}

/** The function on operands of one shape, which are floats of `dtype` or bools; a tensor of that shape. */
export function lowerFunction(source: string, { parameters, body }: ParsedFunction, operands: readonly Node[], dtype: DType): Node {
  const lowering = new Lowering(source, dtype);
  const environment = new Map(parameters.map((name, i) => [name, operands[i]!]));
  const value = lowering.run(body, environment, () => {
    throw unreadable(source, source.length, "the function can end without a return");
  });
  return isKnown(value) ? full(value, typeof value === "boolean" ? "bool" : dtype, operands[0]!.type.shape) : value;
}
