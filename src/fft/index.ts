// `damo/fft`: Fourier transforms. `import { rfft } from "damo/fft"`.

export {
  complex, complexAbs, complexMul, conj, fft, fftConvolve, fftFreq, fftShift, fftn, ifft, ifftShift, ifftn, imag, irfft, irfftn, real, rfft, rfftFreq, rfftn,
} from "./functions.ts";
export type * from "./functions.ts";
