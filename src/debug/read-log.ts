// The log of a module, read and emptied by its host (docs/abi.md).

import { arrayViews } from "../../ir/data.ts";
import { alignRecord, firstAt, type LogRecord, logWords, type Print, recordWords, statisticsAt } from "../../ir/program/log.ts";
import { describeRecord } from "./describe-record.ts";

type Bytes = ArrayBuffer | SharedArrayBuffer;

/** Hands on each line of the log at the address, and empties it. */
export function readLog(memory: Bytes, address: number, prints: readonly Print[], log: (line: string) => void): void {
  const words = new Int32Array(memory, address, logWords.records / 4);
  const [used, dropped] = [words[logWords.used / 4]!, words[logWords.dropped / 4]!];
  words.fill(0);
  const lines: string[] = [];
  for (let at = 0; at < used;) {
    const { record, bytes } = readRecord(memory, address + logWords.records + at, prints);
    lines.push(describeRecord(prints[record.print]!, record));
    at += bytes;
  }
  if (dropped > 0) lines.push(`${dropped} more to print: the log was full`);
  for (const line of lines) log(line);
}

/** Makes the prints count from the start. */
export function restartLog(memory: Bytes, address: number, prints: readonly Print[]): void {
  new Int32Array(memory, address, logWords.records / 4).fill(0);
  new Int32Array(memory, address + logWords.counters, prints.length).fill(0);
}

function readRecord(memory: Bytes, address: number, prints: readonly Print[]): { readonly record: LogRecord; readonly bytes: number } {
  const words = new Uint32Array(memory, address, recordWords.sizes / 4);
  const [print, time, rank, count] = [words[recordWords.print / 4]!, words[recordWords.time / 4]!, words[recordWords.rank / 4]!, words[recordWords.count / 4]!];
  const [nan, least, largest, sum] = new Float64Array(memory, address + statisticsAt(rank), 4) as unknown as readonly [number, number, number, number];
  const view = new arrayViews[prints[print]!.dtype](memory as ArrayBuffer, address + firstAt(rank), count);
  const shape = [...new Int32Array(memory, address + recordWords.sizes, rank)];
  return { record: { print, time, shape, statistics: { nan, least, largest, sum }, first: view.slice() }, bytes: alignRecord(firstAt(rank) + view.byteLength) };
}

/** For the option `log` of `damo/load`: gives what the functions of an artifact print to `log`, line by line; `console.log` by default. */
export function printLog(log: (line: string) => void = (line) => console.log(line)): (exports: WebAssembly.Exports, signature: { readonly prints?: readonly Print[] }) => void {
  return (exports, { prints }) => {
    if (prints === undefined) return;
    readLog((exports["memory"] as WebAssembly.Memory).buffer, (exports["damo_log"] as () => number)() >>> 0, prints, log);
  };
}
