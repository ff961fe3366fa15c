// Measures one thing in a fresh process: `figure-worker.ts MODULE EXPORT`.

export interface Finding {
  readonly what: string;
  /** In `unit`; a reason why it is not measured. */
  readonly value: number | string;
  readonly unit: "ms" | "bytes" | "calls" | "times";
  readonly atMost?: number;
}

const [module, name] = process.argv.slice(2);
const measures = (await import(module!)) as Readonly<Record<string, () => Promise<readonly Finding[]>>>;
process.send!(await measures[name!]!().catch((error: unknown) => (error instanceof Error ? error.message : String(error))));
