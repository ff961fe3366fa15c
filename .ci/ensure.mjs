// Makes a checkout ready: installs packages when they are missing or older than the lock file, and
// builds when a source is newer than the last build. Needs only Node and npm. `--bench` prepares bench/ as well.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const builtFrom = ["src", "ir", "passes", "codegen", "examples", "package.json", "tsconfig.json", "tsconfig.build.json", ".ci/build.mjs"];

function run(command, args, cwd = root) {
  execFileSync(command, args, { cwd, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
}

/** Whether node_modules holds what the lock file names (packages for other platforms may be absent). */
function isInstalled(folder) {
  const hidden = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(hidden, "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/") || link) return true;
    const found = present[path];
    return found ? found.version === version : optional === true;
  });
}

function install(folder) {
  if (isInstalled(folder)) return;
  console.error(`installing packages${folder === root ? "" : ` in ${folder.slice(root.length + 1)}`} (npm ci)`);
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], folder);
}

/** The newest change below a path; a folder's own time counts, so that a deleted file is noticed. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce(
    (time, name) => (name === "node_modules" ? time : Math.max(time, newest(join(path, name)))),
    stat.mtimeMs,
  );
}

function build() {
  const stamp = join(root, "dist", ".built");
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (builtFrom.every((name) => newest(join(root, name)) < built)) return;
  console.error("building (tsc)");
  run(process.execPath, [join(root, ".ci", "build.mjs")]);
}

try {
  install(root);
  build();
  if (process.argv.includes("--bench")) install(join(root, "bench"));
} catch (error) {
  // The command has already printed what was wrong with it.
  console.error(error.message.split("\n")[0]);
  process.exit(1);
}
