// A print of a program: a record in the log, where its turn has come and there is room (ir/program/log.ts).

import { firstAt, logCapacity, logWords, recordAlignment, recordWords, statisticsAt } from "../../../ir/program/log.ts";
import type { Log } from "../../../ir/program/program.ts";
import { itemSize } from "../../../ir/types.ts";
import type { FunctionBuilder, Local } from "../encode/index.ts";
import type { BodyScope } from "./repeat.ts";

export function logBytes(prints: number): number {
  return logWords.counters + 4 * prints;
}

/** Forgets the records of the call before; prints go on counting. */
export function emitEmptyLog(f: FunctionBuilder, address: number): void {
  for (const word of [logWords.used, logWords.dropped]) f.i32(address).i32(0).store("i32.store", word);
}

/** Emits the statement, for the log at `address`. What computes the record runs only where the record is written. */
export function emitLog(log: Log, address: number, scope: BodyScope): void {
  const { f } = scope;
  const counter = address + logWords.counters + 4 * log.print;
  const time = f.local("i32");
  f.i32(counter).load("i32.load").set(time);
  f.i32(counter).get(time).i32(1).op("i32.add").store("i32.store");
  f.get(time).i32(log.every).op("i32.rem_u").op("i32.eqz").if(() => emitRecord(log, address, time, scope));
}

function emitRecord({ print, shape, statistics, first, body }: Log, address: number, time: Local, scope: BodyScope): void {
  const { f } = scope;
  const { elements, dtype } = scope.buffers[first]!;
  const rank = shape.length;
  const [bytes, at] = [f.local("i32"), f.local("i32")];
  const word = (offset: number): void => {
    f.i32(address).load("i32.load", offset);
  };
  scope.size(elements, itemSize[dtype]);
  f.i32(firstAt(rank) + recordAlignment - 1).op("i32.add").i32(-recordAlignment).op("i32.and").set(bytes);
  word(logWords.used);
  f.get(bytes).op("i32.add").i32(logCapacity).op("i32.gt_u");
  word(logWords.dropped);
  f.op("i32.or").if(() => {
    f.i32(address);
    word(logWords.dropped);
    f.i32(1).op("i32.add").store("i32.store", logWords.dropped);
  }, () => {
    scope.body(body);
    word(logWords.used);
    f.i32(address + logWords.records).op("i32.add").set(at);
    const put = (offset: number, push: () => void): void => {
      f.get(at);
      push();
      f.store("i32.store", offset);
    };
    put(recordWords.print, () => f.i32(print));
    put(recordWords.time, () => f.get(time));
    put(recordWords.rank, () => f.i32(rank));
    put(recordWords.count, () => scope.size(elements));
    shape.forEach((size, axis) => put(recordWords.sizes + 4 * axis, () => scope.size(size)));
    f.get(at).i32(statisticsAt(rank)).op("i32.add");
    scope.address(statistics);
    f.i32(firstAt(rank) - statisticsAt(rank)).memoryCopy();
    f.get(at).i32(firstAt(rank)).op("i32.add");
    scope.address(first);
    scope.size(elements, itemSize[dtype]);
    f.memoryCopy();
    f.i32(address);
    word(logWords.used);
    f.get(bytes).op("i32.add").store("i32.store", logWords.used);
  });
}
