// The block of shared memory in which threads meet: what its words say.

/** Offsets in the block. What one thread spins on has a cache line of its own. */
export const meetingWords = {
  /** Counts the steps, in multiples of 256; the low byte has how many threads run this one. One word, so that a worker that
   *  is late for a step it has no part in cannot mix it up with the next. Workers wait for it to change. */
  step: 0,
  /** 1 + the number of the function that the step runs; 0 sends the workers home. */
  job: 4,
  jobSleepers: 8,
  arrived: 64,
  /** Counts the barriers that were passed; `broken` from the first that was not. */
  generation: 128,
  sleepers: 132,
  /** Threads that take part, thread 0 included; 0 and 1: thread 0 alone. */
  threads: 192,
  /** Whether thread 0 may sleep; a browser's main thread may not. */
  maySleep: 196,
  /** How long thread 0 waits, in nanoseconds. */
  patience: 200,
  bytes: 256,
} as const;

/** More than can take part: every worker answers to it. */
export const everyThread = 255;
export const threadsOfStep = 0xff;
