// WebGPU's bits of buffer usage and the like, by their values: Node has no global names for them.

export const bufferUsage = { mapRead: 1, copySrc: 4, copyDst: 8, uniform: 64, storage: 128, indirect: 256 } as const;
export const mapModeRead = 1;
export const shaderStageCompute = 4;
