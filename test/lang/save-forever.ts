// Saves a state again and again until it is killed: state-files.test.ts looks at what is left.
import { readFileSync } from "node:fs";
import { replaceFile } from "../../src/node-files.ts";

const path = process.argv[2]!;
const bytes = readFileSync(path);
process.send!("ready");
for (;;) await replaceFile("save", path, bytes);
