// Measures one thing in a fresh process: `figure-worker.ts MODULE`.

export interface Finding {
  readonly what: string;
  /** In `unit`; a reason why it is not measured. */
  readonly value: number | string;
  readonly unit: "ms" | "bytes" | "calls" | "times";
  readonly atMost?: number;
}

const { measure } = (await import(process.argv[2]!)) as { readonly measure: () => Promise<readonly Finding[]> };
process.send!(await measure().catch((error: unknown) => (error instanceof Error ? error.message : String(error))));
