// The version of the installed package.

import { existsSync, readFileSync } from "node:fs";

/** Found above this file: beside src/ in a checkout, above dist/ in the package. */
export function packageVersion(): string {
  for (let folder = new URL("../", import.meta.url); ; folder = new URL("../", folder)) {
    const file = new URL("package.json", folder);
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
      if (name === "damo") return version;
    }
    if (folder.pathname === "/") return "unknown";
  }
}
