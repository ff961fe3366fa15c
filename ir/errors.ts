// Every error a user can meet, in one table. A DamoError is the user's mistake (or their input's); an InternalError
// is a bug of ours. docs/errors.md is generated from this table.

/** code -> what went wrong, in general terms, for the documentation. */
export const errorTable = {
  E101: "A dtype is not known or not allowed here.",
  E102: "A shape is not valid: sizes are non-negative integers or names.",
  E103: "A constant's nested arrays are ragged, or its data does not fit its shape.",
  E110: "A size expression overflows.",
  E111: "A size's name is not an identifier.",
  E112: "A size is divided by zero.",
  E201: "An operation got the wrong number of operands.",
  E202: "An operation does not take this dtype.",
  E203: "Shapes do not broadcast or do not agree.",
  E204: "An axis is out of range or named twice.",
  E205: "An attribute of an operation is missing or not valid.",
  E206: "A reshape does not keep the number of elements.",
  E207: "Inner sizes of a contraction differ.",
  E208: "A slice, index or window lies outside the tensor.",
  E209: "A value has the wrong type for its place (not a tensor, not a number).",
  E210: "Two sizes that must agree differ.",
  E211: "The body of a loop or a branch does not have the types that its place needs.",
  E212: "A function cannot be read as an elementwise operation.",
  E213: "The description of a custom operation does not hold together.",
  E214: "The target does not have an operation.",
  E301: "The cost of a gradient is not a scalar of a float dtype.",
  E302: "A gradient is asked for an integer or bool tensor.",
  E303: "A cost does not depend on a variable it is differentiated by.",
  E304: "A path from the variable to the cost is not differentiable.",
  E305: "A cotangent or tangent does not have the type of its value.",
  E401: "A function's inputs, outputs or updates are not well formed.",
  E402: "A function reads an input that is not among its inputs.",
  E403: "A function has an input that nothing reads.",
  E404: "Two things of a function or model share a name, or a name is reserved.",
  E405: "An update does not have its variable's type, or a variable is updated twice.",
  E406: "A size stands bare in no input and is not among the sizes that are passed: its value cannot be known.",
  E407: "Givens are cyclic or do not have the type of what they replace.",
  E410: "A compile option is not known or not available here.",
  E411: "There is no WebGPU here, or no adapter that gives a device.",
  E412: "A WebGPU device does not take a shader of the model.",
  E501: "A call misses an input or has one too many.",
  E502: "A call's input has the wrong dtype.",
  E503: "A call's input has the wrong shape or rank.",
  E504: "Two inputs disagree about a size.",
  E505: "A model is used after it was disposed, or called while it runs.",
  E506: "A state value does not have the variable's type.",
  E507: "A value has no single item.",
  E508: "A thread of the model was lost in a call: the model is invalid, and its variables have the values that were saved last.",
  E509: "The WebGPU device of a model was lost, and what was on it: `recover()` takes the variables from where they were saved last.",
  E510: "A tensor on a WebGPU device was destroyed, is one of another device, or is in a buffer that cannot be copied from.",
  E601: "An index is out of range.",
  E602: "The memory that these sizes need cannot be had.",
  E603: "A function was run before it was prepared or before its weights were loaded.",
  E604: "Sizes that must agree differ at run time.",
  E605: "Sizes are negative or overflow.",
  E606: "A loop needs more steps than its bound.",
  E607: "The condition of a check does not hold.",
  E608: "A call with nanGuard made a NaN or an infinity that it was not given.",
  E609: "An operation has no result for these values: a matrix is singular or not positive definite, or an iteration does not converge.",
  E701: "A file is not a WebAssembly module, or a bundle for WebGPU, made by Damo.",
  E702: "The format of a module or a bundle is newer than this loader.",
  E703: "A .npy file is damaged or of an unknown form.",
  E704: "A .safetensors file is damaged or of an unknown form.",
  E705: "Weights do not match the model's state.",
  E706: "A .npz file is damaged or of an unknown form.",
  E707: "A file could not be read or written.",
  E708: "The code of a routine cannot be linked: it has more than functions, or its bytes do not add up.",
  E801: "The text of an IR does not parse.",
  E802: "The IR is not well formed.",
  E803: "An operation is not known.",
  E901: "A command's arguments are wrong.",
  E902: "A model file could not be loaded or exports no function.",
} as const;

export type ErrorCode = keyof typeof errorTable;

export interface ErrorDetail {
  /** What is wrong, with names and shapes. */
  readonly message: string;
  /** The operation, as the user called it. */
  readonly op?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** The user's line. */
  readonly location?: { describe(): string | undefined } | undefined;
  readonly cause?: unknown;
}

/** A mistake in what the user wrote or passed. `code` is stable. */
export class DamoError extends Error {
  readonly code: ErrorCode;
  readonly op: string | undefined;
  readonly hint: string | undefined;
  /** `model.ts:12`, where the user's code built the value at fault. */
  readonly where: string | undefined;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, detail: ErrorDetail) {
    const where = detail.location?.describe();
    const op = detail.op === undefined ? "" : `${detail.op}: `;
    const hint = detail.hint === undefined ? "" : `; ${detail.hint}`;
    const at = where === undefined ? "" : `, ${where}`;
    super(`${code} ${op}${detail.message}${hint}${at}`, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "DamoError";
    this.code = code;
    this.op = detail.op;
    this.hint = detail.hint;
    this.where = where;
    this.detail = detail;
  }

  /** The same error at the user's line, unless it already names one or none is known. */
  at(location: ErrorDetail["location"]): DamoError {
    if (location === undefined || this.where !== undefined) return this;
    return new DamoError(this.code, { ...this.detail, location });
  }
}

export function userError(code: ErrorCode, detail: ErrorDetail): DamoError {
  return new DamoError(code, detail);
}

/** A message of a compiled function, with the numbers that it was returned with in place of `{0}` and `{1}`. */
export function fillMessage(message: string, details: ArrayLike<number>): string {
  return message.replace(/\{([01])\}/g, (_, i: string) => String(details[Number(i)]));
}

/** A bug of ours; `excerpt` shows the IR around the fault. */
export class InternalError extends Error {
  constructor(message: string, excerpt?: string) {
    super(`Damo internal error: ${message}${excerpt === undefined ? "" : `\n${excerpt}`}`);
    this.name = "InternalError";
  }
}

/** The message of anything thrown, to be part of another InternalError. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Damo internal error: /, "");
}
