// State on disk: what was saved is what is loaded, other writers and readers agree, and nothing is half done.
import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adam, compile, fn, input, mse, normal, shared, zeros } from "damo";
import * as random from "damo/random";
import { expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "damo-state-"));

function define() {
  const stream = random.randomStream(3);
  const x = input("x", ["n", 3]);
  const w = shared("w", normal([3], { seed: 1 }));
  const b = shared("b", zeros([], { dtype: "f64" }));
  const noisy = x.add(random.normal(stream.key(), ["n", 3], { std: 0.1 }));
  const cost = mse(noisy.dot(w).add(b.convert("f32")), x.sum(1));
  return { train: fn({ inputs: { x }, outputs: { cost }, updates: adam(cost, [w, b], { learningRate: 0.1 }) }) };
}
const x = [[1, 2, 3], [0.5, -1, 2], [3, 0, -2]];

test.each(["safetensors", "npz"] as const)("a training run that was saved as .%s goes on to the same bits", async (format) => {
  const model = await compile(define());
  for (let step = 0; step < 5; step++) model.train({ x });
  const path = join(folder, `run.${format}`);
  await model.save(path);
  const resumed = await compile(define());
  await resumed.load(path);
  for (let step = 0; step < 5; step++) expect(resumed.train({ x }).cost.item()).toBe(model.train({ x }).cost.item());
  for (const name of Object.keys(model.state)) expect(resumed.state[name]!.get().data).toEqual(model.state[name]!.get().data);
});

test("bytes stand for files where there are none", async () => {
  const model = await compile(define());
  const bytes = await model.saveBytes();
  const npz = await model.saveBytes("npz");
  const before = model.train({ x }).cost.item();
  for (const saved of [bytes, npz]) {
    await model.loadBytes(saved);
    expect(model.train({ x }).cost.item()).toBe(before);
  }
});

const small = () => ({ read: fn({ inputs: {}, outputs: { a: shared("a", [1, 2]), b: shared("b", 5, { dtype: "i32" }) } }) });

test("what does not fit is refused, and nothing has changed", async () => {
  const model = await compile(small());
  const other = await compile({ read: fn({ inputs: {}, outputs: { a: shared("a", [7, 8]), b: shared("b", [1, 2], { dtype: "i32" }), c: shared("c", 0) } }) });
  const less = await compile({ read: fn({ inputs: {}, outputs: { a: shared("a", [7, 8]) } }) });
  const good = await model.saveBytes("npz");
  await expect(model.loadBytes(await other.saveBytes())).rejects.toThrow("E705 load: b is i32[2] in the file, i32[] in the model, state-files.test.ts");
  await expect(model.loadBytes(await less.saveBytes())).rejects.toThrow("E705 load: the file has no b; it has a");
  await expect(model.loadBytes(good.subarray(0, good.length - 30))).rejects.toThrow("E706");
  await expect(model.loadBytes(new Uint8Array(40))).rejects.toThrow("E704");
  await expect(model.load(join(folder, "absent.npz"))).rejects.toThrow("E707");
  await expect(model.save(join(folder, "absent", "state.npz"))).rejects.toThrow("E707");
  await expect(model.save(join(folder, "state.pt"))).rejects.toThrow("E410 save: the format of");
  await expect(model.saveBytes("pt" as never)).rejects.toThrow("E410");
  expect([...model.state["a"]!.get().data, model.state["b"]!.get().item()]).toEqual([1, 2, 5]);
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a damaged archive is refused at every byte that matters", async () => {
  const model = await compile(small());
  const good = await model.saveBytes("npz");
  let refused = 0;
  for (let at = 0; at < good.length; at++) {
    const bad = good.slice();
    bad[at] = bad[at]! ^ 0x41;
    const error: unknown = await model.loadBytes(bad).then(() => undefined, (reason: unknown) => reason);
    if (error === undefined) continue;
    refused++;
    expect(error).toMatchObject({ name: "DamoError" });
  }
  // Dates, versions and the like do not matter; names, checksums and data do.
  expect(refused).toBeGreaterThan(good.length / 2);
});

test("a process killed while it saves leaves a whole file", async () => {
  const path = join(folder, "killed.safetensors");
  const model = await compile(define());
  await model.save(path);
  for (let round = 0; round < 4; round++) {
    const child = fork(new URL("save-forever.ts", import.meta.url), [path], { execArgv: ["--import", new URL("../../.ci/ts.mjs", import.meta.url).href] });
    await new Promise((resolve) => child.once("message", resolve));
    await new Promise((resolve) => setTimeout(resolve, 3 + 7 * round));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    await model.load(path);
  }
});

const python = (() => {
  try {
    execFileSync("python3", ["-c", "import zipfile"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.runIf(python)("Python's zip module reads our archives, and we read its compressed ones", async () => {
  const model = await compile(small());
  await model.save(join(folder, "ours.npz"));
  const script = [
    "import zipfile",
    "source = zipfile.ZipFile('ours.npz')",
    "assert source.testzip() is None",
    "target = zipfile.ZipFile('theirs.npz', 'w', zipfile.ZIP_DEFLATED)",
    "for name in source.namelist(): target.writestr(name, source.read(name).replace(b'\\x00\\x00\\x80\\x3f', b'\\x00\\x00\\x80\\x40'))",
    "target.close()",
    "print(','.join(source.namelist()))",
  ].join("\n");
  expect(execFileSync("python3", ["-c", script], { cwd: folder, encoding: "utf8" }).trim()).toBe("a.npy,b.npy");
  await model.load(join(folder, "theirs.npz"));
  expect([...model.state["a"]!.get().data]).toEqual([4, 2]);
});

test("equal states are equal files", async () => {
  const [one, two] = [join(folder, "one.npz"), join(folder, "two.npz")];
  const model = await compile(small());
  await model.save(one);
  writeFileSync(two, "something else");
  await model.save(two);
  expect(readFileSync(two)).toEqual(readFileSync(one));
});
