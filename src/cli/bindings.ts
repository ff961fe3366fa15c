// Typed bindings of an artifact, or of a bundle for WebGPU, whose functions give promises: <name>.js (<name>.webgpu.js) loads it, <name>.d.ts gives each function's exact names, dtypes and shapes
// and the user's own words. Written with ts-morph. Programs that call build() reach it as `damo/bindings`.

import { type InterfaceDeclarationStructure, type OptionalKind, Project, type PropertySignatureStructure, type SourceFile } from "ts-morph";
import type { DType } from "../../ir/types.ts";
import { type FunctionSignature, passedSizes, type Signature, type TensorSignature } from "../../ir/program/signature.ts";

const arrays: { readonly [D in DType]: string } = {
  f16: "Float32Array", f32: "Float32Array", f64: "Float64Array", i32: "Int32Array", u32: "Uint32Array", i64: "BigInt64Array",
  i8: "Int8Array", u8: "Uint8Array", bool: "Uint8Array",
};
const elements: { readonly [D in DType]: string } = {
  f16: "number", f32: "number", f64: "number", i32: "number", u32: "number", i64: "bigint", i8: "number", u8: "number", bool: "boolean",
};

export interface BindingFile {
  readonly path: string;
  readonly text: string;
}

type Bound = Pick<Signature, "functions" | "state" | "weights">;
type BuildTarget = "wasm" | "wgsl";

/** The files to put beside `<name>.wasm` or `<name>.webgpu.safetensors`, from what `build()` says of it. */
export function writeBindings(name: string, signature: Bound, target: BuildTarget = "wasm"): readonly BindingFile[] {
  const stem = target === "wasm" ? name : `${name}.webgpu`;
  return [
    { path: `${stem}.js`, text: target === "wasm" ? loaderOf(name, signature) : bundleLoaderOf(stem) },
    { path: `${stem}.d.ts`, text: declarationsOf(signature, target) },
  ];
}

function bundleLoaderOf(stem: string): string {
  return `// Made by damo build from ${stem}.safetensors.
import { load as loadBundle } from "damo/load-webgpu";

export async function load(source = new URL("./${stem}.safetensors", import.meta.url), options) {
  const { functions, ...members } = await loadBundle(source, options);
  return { ...functions, ...members };
}
`;
}

function loaderOf(name: string, { weights }: Bound): string {
  const beside = weights === "external";
  return `// Made by damo build from ${name}.wasm.
import { load as loadArtifact } from "damo/load";

export async function load(source = new URL("./${name}.wasm", import.meta.url)${beside ? ", weights" : ""}) {
  const { functions, state, signature } = await loadArtifact(source${beside ? ", { weights }" : ""});
  return { ...functions, state, signature };
}
`;
}

function declarationsOf(signature: Bound, target: BuildTarget): string {
  const onDevice = target === "wgsl";
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("bindings.d.ts");
  file.addImportDeclaration({ moduleSpecifier: onDevice ? "damo/load-webgpu" : "damo/load", isTypeOnly: true, namedImports: onDevice ? ["DeviceValue", "LoadOptions", "Signature", "Value"] : ["Signature", "Value"] });
  addTensorTypes(file);
  if (onDevice) addDeviceTensor(file);
  for (const f of signature.functions) addFunction(file, f, onDevice);
  file.addInterface({
    name: "Model", isExported: true,
    properties: [
      ...signature.functions.map((f): OptionalKind<PropertySignatureStructure> => ({
        name: quote(f.name), isReadonly: true, type: typeName(f.name), ...docsOf(f.doc),
      })),
      { name: "state", isReadonly: true, type: stateType(signature.state, onDevice) },
      { name: "signature", isReadonly: true, type: "Signature" },
      ...(onDevice ? [{ name: "adapter", isReadonly: true, type: "string", docs: ["Vendor and name of what it runs on."] }] : []),
    ],
    methods: onDevice ? [{ name: "dispose", returnType: "void", docs: ["Destroys every buffer, those of results on the device, too."] }] : [],
  });
  const beside = signature.weights === "external";
  file.addFunction({
    name: "load", isExported: true, returnType: "Promise<Model>",
    docs: ["Loads the artifact; by default the file beside these bindings."],
    parameters: [
      { name: "source", hasQuestionToken: !beside, type: `URL | string | Response | ${onDevice ? "" : "WebAssembly.Module | "}ArrayBuffer | Uint8Array${beside ? " | undefined" : ""}` },
      ...(beside ? [{ name: "weights", type: "ArrayBuffer | Uint8Array" }] : []),
      ...(onDevice ? [{ name: "options", hasQuestionToken: true, type: "LoadOptions" }] : []),
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

function addDeviceTensor(file: SourceFile): void {
  file.addInterface({
    name: "DeviceTensor", isExported: true, docs: ["A result that stays on the device: feed it on, or read it."],
    typeParameters: ["D", "S extends readonly number[]", "T"],
    extends: ['Omit<DeviceValue, "dtype" | "shape" | "read">'],
    properties: [{ name: "dtype", isReadonly: true, type: "D" }, { name: "shape", isReadonly: true, type: "S" }],
    methods: [{ name: "read", returnType: "Promise<T>" }],
  });
}

function addFunction(file: SourceFile, f: FunctionSignature, onDevice: boolean): void {
  const name = typeName(f.name);
  const record = (suffix: string, tensors: readonly TensorSignature[], typeOf: (tensor: TensorSignature) => string): OptionalKind<InterfaceDeclarationStructure> => ({
    name: name + suffix, isExported: true,
    properties: tensors.map((tensor) => ({ name: quote(tensor.name), isReadonly: true, type: typeOf(tensor), docs: [wordsOf(tensor)] })),
  });
  const passed = passedSizes(f);
  const inputs = record("Inputs", f.inputs, (tensor) => (onDevice ? `${feedType(tensor)} | Pick<DeviceTensor<"${tensor.dtype}", ${shapeType(tensor)}, unknown>, "dtype" | "shape" | "buffer">` : feedType(tensor)));
  const sizes = passed.map((size) => ({ name: size, isReadonly: true, type: "number", docs: ["A size: a non-negative integer."] }));
  file.addInterface({ ...inputs, properties: [...inputs.properties!, ...sizes] });
  file.addInterface(record("Outputs", f.outputs, valueType));
  const views = (tensors: readonly TensorSignature[]) => `{ ${tensors.map((tensor) => `readonly ${quote(tensor.name)}: ${arrays[tensor.dtype]}`).join("; ")} }`;
  const parameters = [{ name: "inputs", type: `${name}Inputs`, hasQuestionToken: f.inputs.length + passed.length === 0 }];
  if (onDevice) {
    file.addInterface(record("OnDevice", f.outputs, (tensor) => `DeviceTensor<"${tensor.dtype}", ${shapeType(tensor)}, ${valueType(tensor)}>`));
    file.addInterface({
      name, isExported: true, ...docsOf(f.doc),
      callSignatures: [{ parameters, returnType: `Promise<${name}Outputs>` }],
      methods: [{ name: "gpu", docs: ["Queues the call: resolved before it is done, its results stay on the device."], parameters, returnType: `Promise<${name}OnDevice>` }],
    });
    return;
  }
  file.addInterface({
    name, isExported: true, ...docsOf(f.doc),
    callSignatures: [{ parameters, returnType: `${name}Outputs` }],
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

function stateType(state: readonly TensorSignature[], onDevice: boolean): string {
  if (state.length === 0) return "{}";
  return `{ ${state.map((tensor) => `readonly ${quote(tensor.name)}: { get(): ${onDevice ? `Promise<${valueType(tensor)}>` : valueType(tensor)}; set(value: ${feedType(tensor)}): void }`).join("; ")} }`;
}

function typeName(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

function quote(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
