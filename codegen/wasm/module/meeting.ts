// How threads meet: a block of words in the shared memory, and the functions that work on them. Who waits spins a little,
// then sleeps. All threads of a step pass a barrier, or none does: a thread that waited too long marks the meeting as broken,
// and from then on every barrier says so.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { meetingWords, threadsOfStep } from "./meeting-words.ts";

const broken = -1;
/** Turns of a waiting loop before the thread sleeps: some fifty microseconds. */
const spinTurns = 40_000;
/** Turns of a thread that may not sleep are taken for a nanosecond each. */
const forever = -1n;

export interface Meeting {
  /** (thread, threads) -> i32: waits for all threads; 0, or 1 if the meeting is broken. */
  readonly barrier: number;
  /** (job, threads): wakes the workers. */
  readonly publish: number;
  /** (step) -> i32: waits for a step other than this one; its word. */
  readonly awaitStep: number;
}

export function emitMeeting(module: ModuleBuilder, block: number): Meeting {
  const publish = module.addFunction("publish", ["i32", "i32"], [], (f, job, threads) => {
    f.i32(block).get(job).store("i32.store", meetingWords.job);
    f.i32(block);
    f.i32(block).atomic("i32.atomic.load", meetingWords.step).i32(threadsOfStep).op("i32.or").i32(1).op("i32.add").get(threads).op("i32.or");
    f.atomic("i32.atomic.store", meetingWords.step);
    wake(f, block, meetingWords.jobSleepers, meetingWords.step);
  });
  const awaitStep = module.addFunction("await_step", ["i32"], ["i32"], (f, step) => {
    const same = (): FunctionBuilder => f.i32(block).atomic("i32.atomic.load", meetingWords.step).get(step).op("i32.eq");
    spin(f, same);
    same().if(() => {
      f.i32(block).i32(1).atomic("i32.atomic.rmw.add", meetingWords.jobSleepers).op("drop");
      f.loop((again) => {
        f.i32(block + meetingWords.step).get(step).i64(forever).atomic("memory.atomic.wait32").op("drop");
        same().brIf(again);
      });
      f.i32(block).i32(1).atomic("i32.atomic.rmw.sub", meetingWords.jobSleepers).op("drop");
    });
    f.i32(block).atomic("i32.atomic.load", meetingWords.step);
  });
  return { barrier: emitBarrier(module, block), publish, awaitStep };
}

function emitBarrier(module: ModuleBuilder, block: number): number {
  const wait = emitWait(module, block);
  return module.addFunction("barrier", ["i32", "i32"], ["i32"], (f, thread, threads) => {
    const generation = f.local("i32");
    f.i32(block).atomic("i32.atomic.load", meetingWords.generation).tee(generation).i32(broken).op("i32.eq").if(() => f.i32(1).op("return"));
    f.i32(block).i32(1).atomic("i32.atomic.rmw.add", meetingWords.arrived).i32(1).op("i32.add").get(threads).op("i32.eq");
    f.if(() => {
      // The last one: nobody arrives at the next barrier before this one opens.
      f.i32(block).i32(0).atomic("i32.atomic.store", meetingWords.arrived);
      replaceGeneration(f, block, generation, () => f.get(generation).i32(1).op("i32.add").i32(0x7fffffff).op("i32.and"));
      f.get(generation).op("i32.ne");
      wake(f, block, meetingWords.sleepers, meetingWords.generation);
      f.op("return");
    });
    f.get(thread).get(generation).call(wait);
  });
}

/** (thread, generation) -> i32: waits until the generation is another; 1 if it is broken. */
function emitWait(module: ModuleBuilder, block: number): number {
  return module.addFunction("await_generation", ["i32", "i32"], ["i32"], (f, thread, generation) => {
    const patience = f.local("i64");
    const same = (): FunctionBuilder => f.i32(block).atomic("i32.atomic.load", meetingWords.generation).get(generation).op("i32.eq");
    spin(f, same);
    same().if(() => {
      // Workers are patient: should one of them be gone, thread 0 finds out.
      f.i32(block).load("i64.load", meetingWords.patience).i64(forever).get(thread).op("i32.eqz").op("select").set(patience);
      f.get(thread).op("i32.eqz").i32(block).load("i32.load", meetingWords.maySleep).op("i32.eqz").op("i32.and");
      f.if(() => spinLong(f, patience, same), () => sleep(f, block, generation, patience, same));
      same().if(() => {
        replaceGeneration(f, block, generation, () => f.i32(broken));
        f.op("drop");
        wake(f, block, meetingWords.sleepers, meetingWords.generation);
      });
    });
    f.i32(block).atomic("i32.atomic.load", meetingWords.generation).i32(broken).op("i32.eq");
  });
}

function spin(f: FunctionBuilder, same: () => FunctionBuilder): void {
  const turns = f.local("i32");
  f.i32(spinTurns).set(turns);
  f.block((done) => f.loop((again) => {
    same().op("i32.eqz").brIf(done);
    f.get(turns).i32(1).op("i32.sub").tee(turns).brIf(again);
  }));
}

function spinLong(f: FunctionBuilder, turns: Local, same: () => FunctionBuilder): void {
  f.block((done) => f.loop((again) => {
    same().op("i32.eqz").brIf(done);
    f.get(turns).i64(1).op("i64.sub").tee(turns).i64(0).op("i64.ne").brIf(again);
  }));
}

/** Until the generation changes or the patience is at an end. */
function sleep(f: FunctionBuilder, block: number, generation: Local, patience: Local, same: () => FunctionBuilder): void {
  const timedOut = 2;
  f.i32(block).i32(1).atomic("i32.atomic.rmw.add", meetingWords.sleepers).op("drop");
  f.block((done) => f.loop((again) => {
    f.i32(block + meetingWords.generation).get(generation).get(patience).atomic("memory.atomic.wait32").i32(timedOut).op("i32.eq").brIf(done);
    same().brIf(again);
  }));
  f.i32(block).i32(1).atomic("i32.atomic.rmw.sub", meetingWords.sleepers).op("drop");
}

/** Pushes what the generation was: the new value is stored only if that is the known one. */
function replaceGeneration(f: FunctionBuilder, block: number, known: Local, value: () => void): void {
  f.i32(block).get(known);
  value();
  f.atomic("i32.atomic.rmw.cmpxchg", meetingWords.generation);
}

/** Wakes who sleeps on a word. A sleeper is counted before it looks at the word for the last time. */
function wake(f: FunctionBuilder, block: number, sleepers: number, word: number): void {
  f.i32(block).atomic("i32.atomic.load", sleepers).if(() => {
    f.i32(block + word).i32(-1).atomic("memory.atomic.notify").op("drop");
  });
}
