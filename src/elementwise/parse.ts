// Parses the source of a function of numbers. Names are resolved here: what is neither an argument nor a constant of the
// body, nor a function or constant of JavaScript's numbers, is refused where it stands (E212).

import type { DamoError } from "../../ir/errors.ts";
import { numberConstants, numberFunctions } from "./functions.ts";
import { type Token, tokenize, unreadable } from "./source.ts";
import type { ArithmeticOperator, Comparison, Expression, LogicalOperator, ParsedFunction, Statement, UnaryOperator } from "./syntax.ts";

/** Binary operators from the weakest binding; `**` binds more strongly than unary ones and stands by itself. */
const levels: readonly (readonly string[])[] = [
  ["||"], ["&&"], ["===", "!==", "==", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "/", "%"],
];

/** Constructs that are refused, by the token that they start with. */
const refused: ReadonlyMap<string, string> = new Map([
  ...["for", "while", "do"].map((word) => [word, "a loop"] as const),
  ...["=", "+=", "-=", "*=", "/=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "&&=", "||=", "??=", "++", "--"].map((token) => [token, "an assignment"] as const),
  ...["&", "|", "^", "~", "<<", ">>", ">>>"].map((token) => [token, "an operation on bits"] as const),
  ["switch", "a switch"], ["try", "a try"], ["throw", "a throw"], ["function", "a function in the function"], ["=>", "a function in the function"], ["class", "a class"],
  ["new", "an object"], ["this", "this"], ["await", "await"], ["yield", "yield"], ["async", "an async function"], ["typeof", "typeof"], ["void", "void"], ["delete", "delete"],
  ["in", "in"], ["instanceof", "instanceof"], ["??", "??"], ["?.", "?."], ["[", "an array or an index"], ["{", "an object"], ["...", "a rest or spread"], [",", "a sequence of expressions"],
  ["break", "a jump"], ["continue", "a jump"],
]);

const hints: ReadonlyMap<string, string> = new Map([
  ["an assignment", "give each value a name of its own, with const"],
  ["an operation on bits", "Math.trunc and Math.floor make whole numbers"],
  ["a loop", "write the steps out, or use scan on tensors"],
]);

/** What is known by name: arguments and constants, inside out. */
class Scope {
  readonly #names = new Set<string>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name) || this.#outer?.has(name) === true;
  }
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  /** An arrow function, a function expression, or a method. */
  parse(): ParsedFunction {
    const scope = new Scope();
    if (this.#is("async") || this.#is("class")) throw this.#refuse(this.#peek());
    const isFunction = this.#skip("function");
    if (isFunction && this.#is("*")) throw this.#fail(this.#peek(), "a generator is no function of numbers");
    const first = this.#peek();
    const isSingle = first.kind === "name" && this.#tokens[this.#at + 1]?.text === "=>";
    if (!isSingle && first.kind === "name") this.#at++;
    const parameters = isSingle ? [this.#parameter(scope)] : this.#parameters(scope);
    const isArrow = this.#skip("=>");
    const start = this.#peek();
    const body = isArrow && !this.#is("{") ? [{ kind: "return", at: start.at, value: this.#expression(scope) } as const] : this.#block(scope);
    if (this.#peek().kind !== "end") throw this.#unexpected();
    return { parameters, body };
  }

  #parameters(scope: Scope): string[] {
    this.#expect("(");
    const names: string[] = [];
    while (!this.#skip(")")) {
      names.push(this.#parameter(scope));
      if (!this.#is(")")) this.#expect(",");
    }
    return names;
  }

  #parameter(scope: Scope): string {
    const token = this.#peek();
    if (token.kind !== "name") throw this.#fail(token, "an argument must be a plain name");
    this.#at++;
    if (this.#is("=")) throw this.#fail(token, "an argument has a default value", "calls pass all arguments");
    scope.add(token.text);
    return token.text;
  }

  #block(outer: Scope): Statement[] {
    const scope = new Scope(outer);
    this.#expect("{");
    const statements: Statement[] = [];
    while (!this.#skip("}")) {
      if (!this.#skip(";")) statements.push(this.#statement(scope, statements));
    }
    return statements;
  }

  /** A declaration of several constants is one statement for each; all but the last are added to `before`. */
  #statement(scope: Scope, before: Statement[]): Statement {
    const { at, text, kind } = this.#peek();
    if (text === "{") return { kind: "block", at, body: this.#block(scope) };
    if (kind === "name" && (text === "const" || text === "let" || text === "var")) {
      this.#at++;
      for (;;) {
        const constant = this.#constant(scope);
        if (!this.#skip(",")) return this.#end(constant);
        before.push(constant);
      }
    }
    if (this.#skip("if")) return this.#choice(at, scope);
    if (this.#skip("return")) {
      if (this.#is(";") || this.#is("}") || this.#peek().startsLine) throw this.#fail({ at }, "the function returns nothing here");
      return this.#end({ kind: "return", at, value: this.#expression(scope) });
    }
    this.#expression(scope);
    throw refused.has(this.#peek().text) ? this.#refuse(this.#peek()) : this.#fail({ at }, "the value of an expression is not used");
  }

  #constant(scope: Scope): Statement {
    const token = this.#peek();
    if (token.kind !== "name") throw this.#fail(token, "a constant must have a plain name");
    this.#at++;
    if (!this.#skip("=")) throw this.#fail(token, "a variable has no value", "give it one with const");
    const value = this.#expression(scope);
    scope.add(token.text);
    return { kind: "constant", at: token.at, name: token.text, value };
  }

  #choice(at: number, scope: Scope): Statement {
    this.#expect("(");
    const condition = this.#expression(scope);
    this.#expect(")");
    const yes = this.#branch(scope);
    const no = this.#skip("else") ? this.#branch(scope) : [];
    return { kind: "if", at, condition, yes, no };
  }

  #branch(scope: Scope): Statement[] {
    if (this.#is("{")) return this.#block(scope);
    if (this.#skip(";")) return [];
    return [this.#statement(new Scope(scope), [])];
  }

  /** A statement ends at a semicolon, a brace or the end of the line. */
  #end(statement: Statement): Statement {
    if (!this.#skip(";") && !this.#is("}") && !this.#peek().startsLine) throw this.#unexpected();
    return statement;
  }

  #expression(scope: Scope): Expression {
    const condition = this.#binary(scope, 0);
    if (!this.#is("?")) return condition;
    const { at } = this.#peek();
    this.#at++;
    const yes = this.#expression(scope);
    this.#expect(":");
    return { kind: "choice", at, condition, yes, no: this.#expression(scope) };
  }

  #binary(scope: Scope, level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#unary(scope);
    let left = this.#binary(scope, level + 1);
    for (let token = this.#peek(); token.kind === "punctuation" && operators.includes(token.text); token = this.#peek()) {
      this.#at++;
      left = combine(token, left, this.#binary(scope, level + 1));
    }
    return left;
  }

  #unary(scope: Scope): Expression {
    const { at, text } = this.#peek();
    if (text === "-" || text === "+" || text === "!") {
      this.#at++;
      return { kind: "unary", at, operator: text satisfies UnaryOperator, operand: this.#unary(scope) };
    }
    const base = this.#primary(scope);
    const token = this.#peek();
    return this.#skip("**") ? combine(token, base, this.#unary(scope)) : base;
  }

  #primary(scope: Scope): Expression {
    const token = this.#peek();
    if (token.kind === "number") {
      this.#at++;
      return { kind: "literal", at: token.at, value: Number(token.text.replaceAll("_", "")) };
    }
    if (this.#isArrow()) throw this.#fail(token, "a function in the function has no place in a function of numbers");
    if (this.#skip("(")) {
      const inner = this.#expression(scope);
      this.#expect(")");
      return inner;
    }
    if (token.kind !== "name" || refused.has(token.text)) throw this.#unexpected();
    this.#at++;
    if (token.text === "true" || token.text === "false") return { kind: "literal", at: token.at, value: token.text === "true" };
    if (scope.has(token.text)) {
      if (this.#is("(") || this.#is(".")) throw this.#fail(token, `${token.text} is used as more than a number`);
      return { kind: "name", at: token.at, name: token.text };
    }
    return this.#known(token, scope);
  }

  /** Parameters and an arrow follow. */
  #isArrow(): boolean {
    let at = this.#at;
    if (!this.#is("(")) return this.#peek().kind === "name" && this.#tokens[at + 1]?.text === "=>";
    for (let depth = 0; at < this.#tokens.length; at++) {
      const { text } = this.#tokens[at]!;
      if (text === "(") depth++;
      if (text === ")" && --depth === 0) return this.#tokens[at + 1]?.text === "=>";
    }
    return false;
  }

  /** A function or a constant of JavaScript. */
  #known(token: Token, scope: Scope): Expression {
    const name = this.#skip(".") ? `${token.text}.${this.#tokens[this.#at++]!.text}` : token.text;
    const constant = numberConstants.get(name);
    if (constant !== undefined) return { kind: "literal", at: token.at, value: constant };
    const called = numberFunctions.get(name);
    if (!this.#skip("(")) {
      if (called !== undefined) throw this.#fail(token, `${name} stands here without operands`);
      throw this.#fail(token, `${name} is neither an argument nor a constant of the function`, "pass it as an argument: what is around the function cannot be seen");
    }
    if (called === undefined) throw this.#fail(token, `${name} is not a function that is known here`, "the functions are those of Math that have one value per number; write others out");
    const operands: Expression[] = [];
    while (!this.#skip(")")) {
      operands.push(this.#expression(scope));
      if (!this.#is(")")) this.#expect(",");
    }
    const wanted = called.operands;
    if (wanted !== undefined && operands.length !== wanted) throw this.#fail(token, `${name} has ${operands.length} operands, it takes ${wanted}`);
    return { kind: "call", at: token.at, name, operands };
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
  }

  #is(text: string): boolean {
    return this.#peek().text === text;
  }

  #skip(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw this.#unexpected();
  }

  #unexpected(): DamoError {
    const token = this.#peek();
    if (refused.has(token.text)) return this.#refuse(token);
    return this.#fail(token, token.kind === "end" ? "the function ends too early" : `${token.text} is not expected`);
  }

  #refuse(token: Token): DamoError {
    const what = refused.get(token.text)!;
    return this.#fail(token, `${what} has no place in a function of numbers`, hints.get(what));
  }

  #fail({ at }: { readonly at: number }, message: string, hint?: string): DamoError {
    return unreadable(this.#source, at, message, hint);
  }
}

function combine({ at, text }: Token, left: Expression, right: Expression): Expression {
  if (text === "&&" || text === "||") return { kind: "logical", at, operator: text satisfies LogicalOperator, left, right };
  if (/^[<>!=]/.test(text)) return { kind: "comparison", at, operator: text as Comparison, left, right };
  return { kind: "arithmetic", at, operator: text as ArithmeticOperator, left, right };
}

/** E212 for anything that is not of the subset, with the place. */
export function parseFunction(source: string): ParsedFunction {
  return new Parser(source).parse();
}
