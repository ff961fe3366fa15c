// What people see: progress, options, pictures, charts and the page that holds them.
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { confusionChart, lossChart } from "../../examples/mnist/charts.ts";
import { pixels } from "../../examples/mnist/data.ts";
import { help, readOptions } from "../../examples/mnist/options.ts";
import { inkPicture } from "../../examples/mnist/png.ts";
import { describe as describeProgress, ProgressLine } from "../../examples/mnist/progress.ts";
import { type Report, writeReport } from "../../examples/mnist/report.ts";

describe("progress", () => {
  const at = (seconds: number) => ({ epoch: 2, epochs: 3, samples: 30_000, totalSamples: 120_000, loss: 0.12345, seconds });

  test("is speed, loss and time left", () => {
    // 30,000 in 3 s: 10,000 a second, 90,000 to go.
    expect(describeProgress(at(3))).toBe("epoch 2/3   25 %  10,000 samples/s  loss 0.1235  9 s left");
  });

  test("redraws one line on a terminal", () => {
    let text = "";
    const line = new ProgressLine({ isTTY: true, columns: 100, write: (more) => (text += more) });
    line.update(at(3));
    line.update(at(3.01));
    expect(text.match(/\r/g)).toHaveLength(1);
    expect(text).toContain("██████");
    expect(text).not.toContain("\n");
    line.print("done");
    expect(text.endsWith("\r\u001b[Kdone\n")).toBe(true);
  });

  test("never is wider than the terminal", () => {
    for (const columns of [20, 70, 80, 200]) {
      let text = "";
      new ProgressLine({ isTTY: true, columns, write: (more) => (text += more) }).update(at(3));
      expect(text.replace("\r\u001b[K", "").length).toBeLessThan(columns);
    }
  });

  test("is plain lines now and then elsewhere", () => {
    let text = "";
    const line = new ProgressLine({ write: (more) => (text += more) });
    for (let seconds = 1; seconds <= 9; seconds++) line.update(at(seconds));
    expect(text.split("\n").slice(0, -1)).toHaveLength(3);
    expect(text).not.toContain("\r");
  });
});

describe("options", () => {
  test("have defaults", () => {
    expect(readOptions([])).toMatchObject({ epochs: undefined, batch: 128, hidden: undefined, target: "wasm", learningRate: 0.001, seed: 1, standard: true });
  });

  test("are read", () => {
    expect(readOptions(["--epochs", "1", "--hidden=128", "--learning-rate", "1e-2"])).toMatchObject({ epochs: 1, hidden: 128, learningRate: 0.01, standard: false });
    expect(readOptions(["--help"])).toBeUndefined();
  });

  test.each([
    ["--epochs", "0", "--epochs is 0"], ["--hidden", "1.5", "--hidden is 1.5"], ["--batch", "", "--batch is "],
    ["--seed", "-1", "'--seed' argument is ambiguous"], ["--learning-rate", "fast", "--learning-rate is fast"], ["--size", "3", "'--size'"],
  ])("%s %s is refused", (name, value, message) => expect(() => readOptions([name, value])).toThrow(message));

  test("are all in the help", () => {
    for (const name of ["epochs", "batch", "hidden", "learning-rate", "seed", "data", "out", "help"]) expect(help).toContain(`--${name} `);
  });
});

test("a picture is a PNG whose alpha is the ink", () => {
  const file = Buffer.from(inkPicture(Uint8Array.of(1, 2, 3, 4, 5, 6), 3).replace("data:image/png;base64,", ""), "base64");
  expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  expect(file.readUInt32BE(16)).toBe(3);
  expect(file.readUInt32BE(20)).toBe(2);
  expect([...file.subarray(24, 29)]).toEqual([8, 4, 0, 0, 0]);
  const length = file.readUInt32BE(33);
  expect(file.toString("latin1", 37, 41)).toBe("IDAT");
  expect([...inflateSync(file.subarray(41, 41 + length))]).toEqual([0, 0, 1, 0, 2, 0, 3, 0, 0, 4, 0, 5, 0, 6]);
  // The checksum of an empty IEND, as in every PNG.
  expect(file.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
});

describe("charts", () => {
  test("the loss starts top left and ends bottom right", () => {
    const losses = Array.from({ length: 1000 }, (_, i) => 2 * 0.995 ** i);
    const chart = lossChart(losses, [{ steps: 500, accuracy: 0.9 }, { steps: 1000, accuracy: 0.95 }]);
    const points = /<polyline class="line" points="([^"]+)"/.exec(chart)![1]!.split(" ").map((point) => point.split(",").map(Number));
    expect(points[0]![0]).toBeLessThan(points.at(-1)![0]!);
    // Ever falling, so ever lower in the picture.
    expect(points.every((point, i) => i === 0 || point[1]! >= points[i - 1]![1]!)).toBe(true);
    expect(chart).toContain("95.00 %");
    expect(chart).not.toMatch(/NaN|Infinity/);
  });

  test.each([[[0.5]], [[0, 0]], [[1, 1, 1]]])("losses %j have a chart, too", (losses) => expect(lossChart(losses, [])).not.toMatch(/NaN|Infinity|undefined/));

  test("the confusion matrix names every cell and the share of right answers", () => {
    const chart = confusionChart([[8, 2], [0, 5]]);
    expect(chart).toContain("<title>0 read as 1: 2</title>");
    expect(chart).toContain("80.0 %");
    expect(chart).toContain("100.0 %");
  });
});

describe("the report", () => {
  const report: Report = {
    source: "a <folder> & more", layers: [pixels, 4, 4, 10], batch: 2, trainedOn: 100,
    test: { count: 3, images: new Uint8Array(3 * pixels).fill(9), labels: Uint8Array.of(1, 2, 3) },
    readings: { labels: Uint8Array.of(1, 7, 8), probabilities: new Float32Array(30).map((_, i) => (i === 17 ? 0.75 : i === 28 ? 0.999 : 0)) },
    accuracy: 1 / 3, compileTime: 50, stepTime: 2, seconds: 10, losses: [2, 1], epochs: [{ steps: 2, accuracy: 1 / 3 }], artifact: "mnist.wasm", artifactBytes: 1_500_000, sameLabels: true,
  };
  const page = writeReport(report);

  test("fetches nothing", () => {
    expect(page).not.toMatch(/(src|href)="(?!data:)|url\(|@import|<script|<link/);
  });

  test("shows the misread digits, the surest first", () => {
    expect(page.match(/<figure>/g)).toHaveLength(2);
    expect(page.indexOf("99 % sure")).toBeLessThan(page.indexOf("75 % sure"));
    expect(page).toContain("<b>2</b> read as <b class=\"bad\">7</b>");
    expect(page).toContain("33.33");
  });

  test("takes text for text", () => {
    expect(page).toContain("a &#60;folder&#62; &#38; more");
  });

  test("says so when there are no mistakes", () => {
    expect(writeReport({ ...report, readings: { ...report.readings, labels: Uint8Array.of(1, 2, 3) } })).toContain("None of 3.");
  });
});
