// What the loader of bundles reports, by number. The texts are in the bundle, beside those of the model's own checks: {0} and so on stand for details.

// Of the numbers of ir/program/signature.ts, those that no function on a device returns.
export const wrongShape = 0;
export const wrongDType = 1;
export const noInput = 2;
export const noDevice = 5;
export const badSize = 6;
export const refusedShader = 7;
export const refusedMemory = 8;
export const disposed = 9;
export const lost = 10;
export const lacking = 11;
export const tooLarge = 12;
export const wrongLength = 13;

export const loaderMessages: { readonly [number: number]: string } = {
  [tooLarge]: "E602 no buffer of {0} bytes",
  [wrongShape]: "E503 {0} has shape [{1}] for [{2}]",
  [wrongLength]: "E503 {0} has {1} elements, not {2}",
  [wrongDType]: "E502 {0} must be {1}",
  [noInput]: "E501 no input {0}",
  [badSize]: "E501 bad size {0}: {1}",
  [lacking]: "E411 the device lacks {0}",
  [noDevice]: "E411 no WebGPU: {0}",
  [refusedShader]: "E412 {0}",
  [refusedMemory]: "E602 {0}",
  [lost]: "E509 device lost: {0}; load again",
  [disposed]: "E505 it is disposed",
};

/** Throws the error. */
export type FailWith = (number: number, ...details: readonly unknown[]) => never;
