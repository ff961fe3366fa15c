// Typed bindings of an artifact: <name>.js loads it, <name>.d.ts gives each function's exact names, dtypes and shapes
// and the user's own words. Written with ts-morph. Programs that call build() reach it as `damo/bindings`.

import { type InterfaceDeclarationStructure, type OptionalKind, Project, type PropertySignatureStructure, type SourceFile } from "ts-morph";
import type { DType } from "../../ir/types.ts";
import { type FunctionSignature, passedSizes, type Signature, type TensorSignature } from "../../ir/program/signature.ts";

const arrays: { readonly [D in DType]: string } = {
  f32: "Float32Array", f64: "Float64Array", i32: "Int32Array", u32: "Uint32Array", i64: "BigInt64Array",
  i8: "Int8Array", u8: "Uint8Array", bool: "Uint8Array",
};
const elements: { readonly [D in DType]: string } = {
  f32: "number", f64: "number", i32: "number", u32: "number", i64: "bigint", i8: "number", u8: "number", bool: "boolean",
};

export interface BindingFile {
  readonly path: string;
  readonly text: string;
}

/** The files to put beside `<name>.wasm`, from what `build()` says of it. */
export function writeBindings(name: string, signature: Signature): readonly BindingFile[] {
  return [
    { path: `${name}.js`, text: loaderOf(name, signature) },
    { path: `${name}.d.ts`, text: declarationsOf(signature) },
  ];
}

function loaderOf(name: string, { weights }: Signature): string {
  const beside = weights === "external";
  return `// Made by damo build from ${name}.wasm.
import { load as loadArtifact } from "damo/load";

export async function load(source = new URL("./${name}.wasm", import.meta.url)${beside ? ", weights" : ""}) {
  const { functions, state, signature } = await loadArtifact(source${beside ? ", { weights }" : ""});
  return { ...functions, state, signature };
}
`;
}

function declarationsOf(signature: Signature): string {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("bindings.d.ts");
  file.addImportDeclaration({ moduleSpecifier: "damo/load", isTypeOnly: true, namedImports: ["Signature", "Value"] });
  addTensorTypes(file);
  for (const f of signature.functions) addFunction(file, f);
  file.addInterface({
    name: "Model", isExported: true,
    properties: [
      ...signature.functions.map((f): OptionalKind<PropertySignatureStructure> => ({
        name: quote(f.name), isReadonly: true, type: typeName(f.name), ...docsOf(f.doc),
      })),
      { name: "state", isReadonly: true, type: stateType(signature.state) },
      { name: "signature", isReadonly: true, type: "Signature" },
    ],
  });
  const beside = signature.weights === "external";
  file.addFunction({
    name: "load", isExported: true, returnType: "Promise<Model>",
    docs: ["Loads the artifact; by default the file beside these bindings."],
    parameters: [
      { name: "source", hasQuestionToken: !beside, type: `URL | string | Response | WebAssembly.Module | ArrayBuffer | Uint8Array${beside ? " | undefined" : ""}` },
      ...(beside ? [{ name: "weights", type: "ArrayBuffer | Uint8Array" }] : []),
    ],
  });
  return `// Made by damo build.\n${file.getFullText()}`;
}

function addTensorTypes(file: SourceFile): void {
  file.addInterface({
    name: "Flat", isExported: true, docs: ["Elements in one flat array, row by row, with their shape."],
    typeParameters: ["A", "S extends readonly number[]"],
    properties: [{ name: "data", isReadonly: true, type: "A" }, { name: "shape", isReadonly: true, type: "S" }],
  });
  file.addInterface({
    name: "Tensor", isExported: true, docs: ["A result: a copy of its own."],
    typeParameters: ["D", "A", "S extends readonly number[]", "E", "N"],
    extends: ['Omit<Value, "dtype" | "shape" | "data" | "item" | "toArray">'],
    properties: [{ name: "dtype", isReadonly: true, type: "D" }, { name: "data", isReadonly: true, type: "A" }, { name: "shape", isReadonly: true, type: "S" }],
    methods: [{ name: "item", returnType: "E", docs: ["The only element."] }, { name: "toArray", returnType: "N" }],
  });
}

function addFunction(file: SourceFile, f: FunctionSignature): void {
  const name = typeName(f.name);
  const record = (suffix: string, tensors: readonly TensorSignature[], typeOf: (tensor: TensorSignature) => string): OptionalKind<InterfaceDeclarationStructure> => ({
    name: name + suffix, isExported: true,
    properties: tensors.map((tensor) => ({ name: quote(tensor.name), isReadonly: true, type: typeOf(tensor), docs: [wordsOf(tensor)] })),
  });
  const passed = passedSizes(f);
  const inputs = record("Inputs", f.inputs, feedType);
  const sizes = passed.map((size) => ({ name: size, isReadonly: true, type: "number", docs: ["A size: a non-negative integer."] }));
  file.addInterface({ ...inputs, properties: [...inputs.properties!, ...sizes] });
  file.addInterface(record("Outputs", f.outputs, valueType));
  const views = (tensors: readonly TensorSignature[]) => `{ ${tensors.map((tensor) => `readonly ${quote(tensor.name)}: ${arrays[tensor.dtype]}`).join("; ")} }`;
  file.addInterface({
    name, isExported: true, ...docsOf(f.doc),
    callSignatures: [{ parameters: [{ name: "inputs", type: `${name}Inputs`, hasQuestionToken: f.inputs.length + passed.length === 0 }], returnType: `${name}Outputs` }],
    methods: [{
      name: "bindBuffers", docs: ["Views of the buffers for fixed sizes: write the inputs, run, read the outputs; nothing is allocated."],
      parameters: [{ name: "sizes", hasQuestionToken: f.sizes.length === 0, type: f.sizes.length === 0 ? "{}" : `{ ${f.sizes.map((size) => `readonly ${size}: number`).join("; ")} }` }],
      returnType: `{ readonly inputs: ${views(f.inputs)}; readonly outputs: ${views(f.outputs)}; run(): void }`,
    }],
  });
}

function docsOf(doc: string | undefined): { docs?: string[] } {
  return doc === undefined ? {} : { docs: [doc] };
}

/** `f32[batch,784]`, after what the user says of it. */
function wordsOf({ dtype, shape, doc }: TensorSignature): string {
  return `${doc === undefined ? "" : `${doc}\n\n`}\`${dtype}[${shape.join(",")}]\``;
}

function shapeType({ shape }: TensorSignature): string {
  return `readonly [${shape.map((dim) => (typeof dim === "number" ? dim : "number")).join(", ")}]`;
}

function nested(element: string, rank: number, readonly: boolean): string {
  let type = element;
  for (let level = 0; level < rank; level++) type = readonly ? `readonly (${type})[]` : `${type}[]`;
  return type;
}

function feedType(tensor: TensorSignature): string {
  const { dtype, shape } = tensor;
  const array = arrays[dtype];
  const rows = shape.length === 0 ? elements[dtype] : nested(`readonly ${elements[dtype]}[] | ${array}`, shape.length - 1, true);
  return `${rows} | Flat<${array}, ${shapeType(tensor)}>`;
}

function valueType(tensor: TensorSignature): string {
  const { dtype, shape } = tensor;
  return `Tensor<"${dtype}", ${arrays[dtype]}, ${shapeType(tensor)}, ${elements[dtype]}, ${nested(elements[dtype], shape.length, false)}>`;
}

function stateType(state: readonly TensorSignature[]): string {
  if (state.length === 0) return "{}";
  return `{ ${state.map((tensor) => `readonly ${quote(tensor.name)}: { get(): ${valueType(tensor)}; set(value: ${feedType(tensor)}): void }`).join("; ")} }`;
}

function typeName(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

function quote(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
