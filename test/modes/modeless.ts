// Tests that no mode changes: they compile no model, choose the variant of the code or the number of threads themselves, or look at
// the strict module byte by byte.

export const modeless = [
  ...["bench", "cli", "codegen", "counts", "docs", "golden", "ir", "math", "mutation", "threads", "types", "verify"].map((folder) => `test/${folder}/**`),
];
