// The shaders of a model, equal ones once.

import type { TensorData } from "../../../ir/data.ts";
import { type Kernel, kernelKey } from "../../../ir/kernel/kernel.ts";
import { emitKernel, type KernelShaderOptions } from "../kernel/emit-kernel.ts";
import type { Shader, ShaderSequence } from "../shader.ts";

export class ShaderTable {
  readonly shaders: Shader[] = [];
  readonly #byText = new Map<string, number>();
  readonly #kernels = new Map<string, ShaderSequence>();

  /** Its index. */
  add(shader: Shader): number {
    const { code, buffers, sizes, workgroups } = shader;
    const key = JSON.stringify([code, buffers, sizes, workgroups]);
    let index = this.#byText.get(key);
    if (index === undefined) this.#byText.set(key, (index = this.shaders.push(shader) - 1));
    return index;
  }

  /** Equal kernels, bound alike, are emitted once. */
  kernel(kernel: Kernel, options: KernelShaderOptions): ShaderSequence {
    const key = JSON.stringify([kernelKey(kernel), options]);
    let sequence = this.#kernels.get(key);
    if (sequence === undefined) this.#kernels.set(key, (sequence = emitKernel(kernel, options)));
    return sequence;
  }
}

/** The constants of a model: what several functions read is there once. */
export class ConstantTable {
  readonly constants: TensorData[] = [];
  readonly #indices = new Map<TensorData, number>();

  add(data: TensorData): number {
    let index = this.#indices.get(data);
    if (index === undefined) this.#indices.set(data, (index = this.constants.push(data) - 1));
    return index;
  }
}
