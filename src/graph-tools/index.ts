// damo/graph: looking at expressions and changing them. Expressions are immutable: all of these give new ones.

export { ancestors, dependsOn, graphInputs } from "./ancestors.ts";
export { copy, type CopyOptions } from "./copy.ts";
export { type Rebuilt, replace, type ReplaceOptions } from "./replace.ts";
