// The mode that this test process runs models in, by DAMO_MODE: `relaxed` or `wide` code, or two `threads`. Empty for the strict
// code on one thread that `npm test` runs.

export const modes = ["relaxed", "wide", "threads"] as const;
export type Mode = (typeof modes)[number];

const given = process.env["DAMO_MODE"];
export const mode: Mode | undefined = modes.find((known) => known === given);
if (given !== undefined && mode === undefined) throw new Error(`DAMO_MODE is ${given}: it is one of ${modes.join(", ")}`);

const major = Number.parseInt(process.versions.node, 10);

/** Whether this Node can run it; the flag that relaxed code needs before Node 22 is given by vitest.config.ts. */
export const hasMode = mode !== "wide" || (major >= 24 && process.arch === "x64");
