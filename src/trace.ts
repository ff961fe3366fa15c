// Function definitions as graphs: parameters are the inputs, then the state that is read; results are the outputs, then
// the new state. Functions that are traced together share one list of state variables.

import { createBuilder } from "../ir/build.ts";
import type { TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { mapNodes, reachableNodes, withInputs } from "../ir/graph.ts";
import type { Node } from "../ir/node.ts";
import type { NamedType, StateVariable } from "../ir/program/program.ts";
import type { TracedFunction } from "../ir/program/traced.ts";
import type { FunctionDefinition } from "./fn.ts";
import { type SharedExpression, sharedOf } from "./shared.ts";

/** What a call may leave out, by name. */
export interface OptionalInputs {
  /** Inputs of the program, and their default values. */
  readonly defaults: ReadonlyMap<string, TensorData>;
  /** Variables that a call may set before it runs, by number. */
  readonly kept: ReadonlyMap<string, number>;
}

export interface TracedModel {
  readonly functions: readonly TracedFunction[];
  /** Of each function; artifacts have none: their callers pass all inputs, and set variables by themselves. */
  readonly optional: readonly OptionalInputs[];
  readonly state: readonly StateVariable[];
}

/** Traces functions under the names they have in the model. E404 when two variables share a name. */
export function traceModel(definitions: ReadonlyMap<string, FunctionDefinition>): TracedModel {
  const variables = new Map<SharedExpression, number>();
  const names = new Map<string, SharedExpression>();
  const indexOf = (variable: SharedExpression): number => {
    const known = variables.get(variable);
    if (known !== undefined) return known;
    if (names.has(variable.name)) {
      throw userError("E404", {
        op: "compile", message: `two shared variables are called ${variable.name}`, hint: "rename one of them; optimizers take a name", location: variable.node.location,
      });
    }
    names.set(variable.name, variable);
    variables.set(variable, variables.size);
    return variables.size - 1;
  };
  const functions = [...definitions].map(([name, definition]) => traceFunction(name, definition, indexOf));
  const optional = [...definitions.values()].map(({ defaults, kept }): OptionalInputs =>
    ({ defaults, kept: new Map([...kept].map(([name, variable]) => [name, indexOf(variable)])) }));
  const state = [...variables.keys()].map((variable) => ({ name: variable.name, type: variable.node.type, initial: variable.initial }));
  return { functions, optional, state };
}

function traceFunction(name: string, definition: FunctionDefinition, indexOf: (variable: SharedExpression) => number): TracedFunction {
  const updates = [...definition.updates];
  const results = [...definition.outputs.values(), ...updates.map(([, value]) => value)];
  const read = reachableNodes(results).flatMap((node) => sharedOf(node) ?? []);
  const inputs = [...definition.inputs].map(([key, value]): NamedType => ({ name: key, type: value.node.type }));
  const builder = createBuilder();
  const parameters: Node[] = [];
  const known: [Node, Node][] = [];
  const add = (node: Node, own: string): void => {
    builder.at = node.location;
    const parameter = builder.parameter(parameters.length, own, node.type);
    parameters.push(parameter);
    known.push([node, parameter]);
  };
  for (const [key, value] of definition.inputs) add(value.node, key);
  for (const variable of read) add(variable.node, variable.name);
  return {
    name,
    graph: { name, parameters, results: mapNodes(results, withInputs, known) },
    inputs,
    outputs: [...definition.outputs].map(([key, node]) => ({ name: key, type: node.type })),
    sizes: definition.sizes,
    stateReads: read.map(indexOf),
    stateWrites: updates.map(([variable]) => indexOf(variable)),
  };
}
