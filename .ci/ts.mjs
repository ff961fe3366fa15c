// `node --import ./.ci/ts.mjs file.ts` runs the repository's TypeScript as it is on every supported Node:
// types are erased by esbuild, and `damo` means the sources.
import { register } from "node:module";

register("./ts-hooks.mjs", import.meta.url);
process.setSourceMapsEnabled(true);
