// What a module for threads has beside the functions of the model: the loop of a worker, and how the host says who takes
// part. The same instance code runs in every thread; whatever differs or is remembered lies in the shared memory.

import { errorNumbers } from "../../../ir/program/signature.ts";
import type { ModuleBuilder } from "../encode/index.ts";
import { emitMeeting } from "./meeting.ts";
import { everyThread, meetingWords, threadsOfStep } from "./meeting-words.ts";
import { emitPart, emitStep, type Threads } from "./thread-part.ts";

/** Before the functions of the model. */
export function declareThreads(module: ModuleBuilder, block: number): Threads {
  const threads: Threads = {
    meeting: emitMeeting(module, block), block, share: emitShare(module), parts: [],
    emitStep: (scope, part) => emitStep(scope, threads, part), emitPart: (scope, id, count) => emitPart(scope, threads, id, count),
  };
  return threads;
}

/** After them: the exports that hosts of workers call. */
export function exportThreads(module: ModuleBuilder, { block, meeting, parts }: Threads): void {
  module.exportFunction("set_threads", module.addFunction("set_threads", ["i32", "i32", "i32"], [], (f, threads, milliseconds, maySleep) => {
    f.i32(block).get(threads).store("i32.store", meetingWords.threads);
    f.i32(block).get(milliseconds).op("i64.extend_i32_u").i64(1_000_000).op("i64.mul").store("i64.store", meetingWords.patience);
    f.i32(block).get(maySleep).store("i32.store", meetingWords.maySleep);
  }));
  module.exportFunction("stop_workers", module.addFunction("stop_workers", [], [], (f) => f.i32(0).i32(everyThread).call(meeting.publish)));
  module.exportFunction("worker", module.addFunction("worker", ["i32"], ["i32"], (f, thread) => {
    const [step, job, threads, result] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    f.loop((next) => {
      f.get(step).call(meeting.awaitStep).set(step);
      f.get(thread).get(step).i32(threadsOfStep).op("i32.and").tee(threads).op("i32.ge_u").brIf(next);
      f.i32(block).load("i32.load", meetingWords.job).tee(job).op("i32.eqz").if(() => f.i32(errorNumbers.ok).op("return"));
      f.i32(0).set(result);
      parts.forEach((part, i) => {
        f.get(job).i32(i + 1).op("i32.eq").if(() => f.get(thread).get(threads).call(part).set(result));
      });
      f.get(result).i32(errorNumbers.threadLost).op("i32.ne").brIf(next);
    });
    f.i32(errorNumbers.threadLost);
  }));
}

function emitShare(module: ModuleBuilder): number {
  return module.addFunction("share", ["i32", "i32", "i32", "i32", "i32"], ["i32"], (f, i, extent, grain, multiple, threads) => {
    const [parts, length] = [f.local("i32"), f.local("i32")];
    const at = f.local("i64");
    f.get(extent).get(grain).op("i32.div_u").tee(parts).get(threads).get(parts).get(threads).op("i32.lt_u").op("select").set(parts);
    f.get(parts).i32(1).op("i32.le_u").if(() => f.get(extent).set(length), () => {
      f.get(extent).get(parts).op("i32.add").i32(1).op("i32.sub").get(parts).op("i32.div_u");
      f.get(multiple).op("i32.add").i32(1).op("i32.sub").get(multiple).op("i32.div_u").get(multiple).op("i32.mul").set(length);
    });
    f.get(i).op("i64.extend_i32_u").get(length).op("i64.extend_i32_u").op("i64.mul").set(at);
    f.get(at).get(extent).op("i64.extend_i32_u").get(at).get(extent).op("i64.extend_i32_u").op("i64.lt_u").op("select").op("i32.wrap_i64");
  });
}
