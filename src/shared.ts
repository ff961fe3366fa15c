// Variables that keep their value between calls. `shared` defines: name, type, initial value. Storage belongs to the
// compiled model.

import { copyTensor, type TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { evaluateGraph } from "../ir/evaluate.ts";
import { reachableNodes } from "../ir/graph.ts";
import type { Node } from "../ir/node.ts";
import type { DType } from "../ir/types.ts";
import { Expression } from "./expression.ts";
import { checkName } from "./input.ts";
import { located } from "./location.ts";
import { TensorExpression } from "./methods.ts";
import { checkDType } from "./ops/elementwise.ts";
import { parameter } from "./ops/primitive.ts";
import { valueFor } from "./replacement.ts";
import type { Shared, Tensor } from "./tensor.ts";
import type { AnyTensor, Dims, FlatArray, FlatDType, List, Nested, NestedDType, NestedShape, Operand, Shape } from "./types/index.ts";
import { toTensorData } from "./value.ts";

export class SharedExpression extends TensorExpression {
  readonly kind = "shared";
  readonly name: string;
  readonly initial: TensorData;
  /** What a function that reads the variable updates it to, unless it says something else. */
  defaultUpdate: Node | undefined;

  constructor(name: string, node: Node, initial: TensorData) {
    super(node);
    this.name = name;
    this.initial = initial;
  }
}

const definitions = new WeakMap<Node, SharedExpression>();

/** `initial` is the variable's own: nothing writes into it any more. */
export function makeShared(name: string, initial: TensorData): SharedExpression {
  const variable = new SharedExpression(name, parameter(0, name, initial.dtype, initial.shape), initial);
  definitions.set(variable.node, variable);
  return variable;
}

/** The variable whose node this is. */
export function sharedOf(node: Node): SharedExpression | undefined {
  return definitions.get(node);
}

/** The value of an expression without inputs. E209 if it has some. */
export function evaluateConstant(op: string, node: Node): TensorData {
  if (node.op === "constant") return node.attributes["data"] as TensorData;
  const variable = reachableNodes([node]).find((reached) => reached.op === "parameter");
  if (variable !== undefined) {
    throw userError("E209", { op, message: `the value depends on ${String(variable.attributes["name"])}, it must be known now` });
  }
  return evaluateGraph({ name: op, parameters: [], results: [node] }, [])[0]!;
}

interface SharedOptions<D extends DType = DType, S extends List = Shape> {
  /** The variable's next value, from its present one: functions that read the variable update it so by themselves, unless
   *  they have another update for it or are given `noDefaultUpdates`. */
  readonly update?: (value: Tensor<D, S>) => Operand;
}

interface DefineShared {
  <D extends DType, S extends List>(name: string, value: AnyTensor<D, S>, options?: SharedOptions<D, S>): Shared<D, S>;
  <D extends DType = "f32">(name: string, value: number, options?: SharedOptions<NoInfer<D>, []> & { readonly dtype?: D }): Shared<NoInfer<D>, []>;
  <const F extends FlatArray<DType, Shape>>(name: string, value: F, options?: SharedOptions<FlatDType<F>, Dims<F["shape"]>>): Shared<FlatDType<F>, Dims<F["shape"]>>;
  <const N extends Nested, D extends DType | undefined = undefined>(
    name: string, value: N, options?: SharedOptions & { readonly dtype?: D }): Shared<D extends DType ? D : NestedDType<N>, NestedShape<N>>;
}

/** A variable of a model. Its initial value is a number, nested arrays, `{ data, shape }`, or an expression without inputs. */
export const shared = defineShared as DefineShared;

function defineShared(name: string, value: unknown, options?: SharedOptions & { readonly dtype?: DType | undefined }): unknown {
  return located(() => {
    checkName("shared", name);
    const dtype = options?.dtype === undefined ? undefined : checkDType("shared", options.dtype);
    const place = { op: "shared", what: `the value of ${name}`, dtypeCode: "E101", shapeCode: "E103" } as const;
    const initial = value instanceof Expression ? evaluateConstant("shared", value.node) : copyTensor(toTensorData(value, dtype, place));
    const variable = makeShared(name, initial);
    if (options?.update !== undefined) {
      const next = options.update(variable as unknown as Tensor<DType>);
      variable.defaultUpdate = valueFor("E405", "shared", `the update of ${name}`, variable.node, next);
    }
    return variable;
  });
}
