// Adds up the stages that .ci/run left in a folder (vitest's JSON reports and exit statuses). The last line is
// `tests: N passed, N failed[, N skipped]`. A stage that failed without a failed test counts as one failure.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const total = { passed: 0, failed: 0, skipped: 0 };

for (const file of readdirSync(folder).filter((name) => name.endsWith(".status"))) {
  const name = file.slice(0, -".status".length);
  const ended = readFileSync(join(folder, file), "utf8").trim() === "0";
  const report = join(folder, `${name}.json`);
  let failed = 0;
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // A file that could not be loaded has failed with no test of its own.
    const unloadable = testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0);
    failed = numFailedTests + unloadable.length;
    total.passed += numPassedTests;
    total.skipped += numPendingTests + numTodoTests;
  }
  if (!ended && failed === 0) failed = 1;
  if (failed > 0) console.log(`failed: ${name}`);
  total.failed += failed;
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`tests: ${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
