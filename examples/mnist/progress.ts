// Progress on a terminal is one line that redraws itself; elsewhere it is a plain line every few seconds.

export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly samples: number;
  readonly totalSamples: number;
  readonly loss: number;
  /** Time spent in training. */
  readonly seconds: number;
}

/** Where lines go: process.stdout, or a test's own. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const intervals = { bar: 0.08, lines: 3 };

export class ProgressLine {
  readonly #out: Terminal;
  #drawnAt = 0;
  #isOpen = false;

  constructor(out: Terminal) {
    this.#out = out;
  }

  update(progress: Progress): void {
    const isTerminal = this.#out.isTTY === true;
    if (progress.seconds - this.#drawnAt < (isTerminal ? intervals.bar : intervals.lines)) return;
    this.#drawnAt = progress.seconds;
    if (!isTerminal) {
      this.#out.write(`${describe(progress)}\n`);
      return;
    }
    // Some terminals say that they have no columns.
    const columns = this.#out.columns || 80;
    const text = describe(progress).slice(0, columns - 1);
    const room = Math.min(30, columns - text.length - 2);
    this.#out.write(`\r\u001b[K${room >= 5 ? `${bar(progress.samples / progress.totalSamples, room)} ` : ""}${text}`);
    this.#isOpen = true;
  }

  /** A line that stays, above the bar. */
  print(line: string): void {
    if (this.#isOpen) this.#out.write("\r\u001b[K");
    this.#isOpen = false;
    this.#out.write(`${line}\n`);
  }
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/** `epoch 2/3   41 %  10,240 samples/s  loss 0.1023  11 s left` */
export function describe({ epoch, epochs, samples, totalSamples, loss, seconds }: Progress): string {
  const speed = samples / seconds;
  const left = Math.ceil((totalSamples - samples) / speed);
  const percent = String(Math.floor(100 * samples / totalSamples)).padStart(3);
  return `epoch ${epoch}/${epochs}  ${percent} %  ${grouped(speed)} samples/s  loss ${loss.toFixed(4)}  ${left} s left`;
}

/** 12345.6 as `12,346`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
