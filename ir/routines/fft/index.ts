// The ops of Fourier transforms that call routines. Importing an op registers it.

import type { OpDefinition } from "../../op.ts";
import { fft } from "./fft.ts";
import { irfft, rfft } from "./real-fft.ts";

export const fftOps: readonly OpDefinition[] = [fft, rfft, irfft];
