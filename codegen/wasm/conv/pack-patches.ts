// Packing of patches into the panels of the matrix product, straight out of the images: in place of the functions of gemm/pack.ts,
// with the same parameters. The matrix is the context, and has no stride.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import type { Element } from "../gemm/element.ts";
import { emitTranspose, packParams } from "../gemm/pack.ts";
import { once } from "../gemm/variant.ts";
import { context as words, runBytes } from "./plan.ts";

/** Rows are positions, the depth goes through the taps. */
export function declarePackPositions(module: ModuleBuilder, element: Element, mr: number): number {
  return once(module, `pack positions ${element.type} ${mr}`, () => {
    const packRuns = emitPackRuns(module, element, mr);
    return module.addFunction(`conv_pack_positions_${element.type}`, packParams, [], (f, target, context, row, depth, count, depths) => {
      const [run, skip, position, last] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      f.get(context).load("i32.load", words.runs).set(run);
      f.get(depth).i32(element.shift).op("i32.shl").set(skip);
      findRun(f, run, skip);
      f.get(context).load("i32.load", words.positions).get(row).i32(2).op("i32.shl").op("i32.add").set(position);
      f.get(count).i32(1).op("i32.sub").i32(2).op("i32.shl").get(position).op("i32.add").set(last);
      f.get(target);
      for (let i = 0; i < mr; i++) {
        // Rows past the last repeat it.
        f.get(context).load("i32.load", words.image);
        f.get(position).i32(4 * i).op("i32.add").get(last);
        f.get(position).i32(4 * i).op("i32.add").get(last).op("i32.lt_u").op("select").load("i32.load").op("i32.add");
      }
      f.get(run).get(skip).get(depths).call(packRuns);
    });
  });
}

/** Rows are taps, the depth goes through the positions. */
export function declarePackTaps(module: ModuleBuilder, element: Element, mr: number): number {
  return once(module, `pack taps ${element.type} ${mr}`, () => {
    const [packLines, packScattered] = [emitPackLines(module, element, mr), emitPackScattered(module, element, mr)];
    return module.addFunction(`conv_pack_taps_${element.type}`, packParams, [], (f, target, context, row, depth, count, depths) => {
      const [image, positions, run, skip] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      const offsets = f.localsOf("i32", mr);
      f.get(context).load("i32.load", words.image).set(image);
      f.get(context).load("i32.load", words.positions).get(depth).i32(2).op("i32.shl").op("i32.add").set(positions);
      f.get(context).load("i32.load", words.runs).set(run);
      f.get(row).i32(element.shift).op("i32.shl").set(skip);
      findRun(f, run, skip);
      const tap = (): FunctionBuilder => f.get(image).get(run).load("i32.load").op("i32.add").get(skip).op("i32.add");
      f.get(skip).get(count).i32(element.shift).op("i32.shl").op("i32.add").get(run).load("i32.load", 4).op("i32.le_u").if(
        () => {
          f.get(target);
          tap().get(positions).get(depths).call(packLines);
        },
        () => {
          offsets.forEach((offset, i) => {
            tap().set(offset);
            if (i === mr - 1) return;
            // The next tap, as long as there is one.
            f.get(count).i32(i + 1).op("i32.gt_s").if(() => {
              f.get(skip).i32(element.bytes).op("i32.add").tee(skip).get(run).load("i32.load", 4).op("i32.eq").if(() => {
                f.get(run).i32(runBytes).op("i32.add").set(run).i32(0).set(skip);
              });
            });
          });
          f.get(target);
          for (const offset of offsets) f.get(offset);
          f.get(positions).get(depths).call(packScattered);
        },
      );
    });
  });
}

/** Moves on from `run` to the run that holds what is `skip` bytes on; `skip` is then what comes before it there. */
export function findRun(f: FunctionBuilder, run: Local, skip: Local): void {
  f.block((found) => {
    f.loop((next) => {
      f.get(skip).get(run).load("i32.load", 4).op("i32.lt_u").brIf(found);
      f.get(skip).get(run).load("i32.load", 4).op("i32.sub").set(skip);
      f.get(run).i32(runBytes).op("i32.add").set(run).br(next);
    });
  });
}

/**
 * Emits `(target, row 0, ..., row mr - 1, run, skip, k)`: k taps of mr patches, from `skip` bytes into the run on.
 * Rows are addresses of patches.
 */
function emitPackRuns(module: ModuleBuilder, element: Element, mr: number): number {
  const { bytes, lanes } = element;
  const line = mr * bytes;
  const params = new Array<"i32">(mr + 4).fill("i32");
  return module.addFunction(`conv_pack_runs_${element.type}`, params, [], (f, target, ...rest) => {
    const rows = rest.slice(0, mr);
    const [run, skip, k] = rest.slice(mr) as [Local, Local, Local];
    const [left, at, end, whole] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const vectors = f.localsOf("v128", Math.ceil(mr / lanes) * lanes);
    const columns = f.localsOf("v128", lanes);
    const source = (row: Local): FunctionBuilder => f.get(row).get(at).op("i32.add");
    const full = mr - (mr % lanes);

    f.get(k).i32(element.shift).op("i32.shl").set(left);
    f.loop((nextRun) => {
      f.get(run).load("i32.load").get(skip).op("i32.add").set(at);
      // end = at + min(what the run has, what is left)
      f.get(run).load("i32.load", 4).get(skip).op("i32.sub").tee(end).get(left);
      f.get(end).get(left).op("i32.lt_u").op("select").tee(end).get(left).op("i32.sub").i32(-1).op("i32.mul").set(left);
      f.get(at).get(end).i32(-16).op("i32.and").op("i32.add").set(whole);
      f.get(at).get(end).op("i32.add").set(end);
      f.block((done) => {
        f.get(at).get(whole).op("i32.eq").brIf(done);
        f.loop((next) => {
          rows.forEach((row, i) => source(row).load("v128.load").set(vectors[i]!));
          for (let group = 0; group < full; group += lanes) {
            emitTranspose(f, vectors.slice(group, group + lanes), columns);
            columns.forEach((column, i) => f.get(target).get(column).store("v128.store", i * line + group * bytes));
          }
          for (let row = full; row < mr; row++) {
            for (let lane = 0; lane < lanes; lane++) {
              f.get(target).get(vectors[row]!).storeLane(bytes === 4 ? "v128.store32_lane" : "v128.store64_lane", lane, lane * line + row * bytes);
            }
          }
          f.get(target).i32(lanes * line).op("i32.add").set(target);
          f.get(at).i32(16).op("i32.add").tee(at).get(whole).op("i32.ne").brIf(next);
        });
      });
      f.block((done) => {
        f.get(at).get(end).op("i32.eq").brIf(done);
        f.loop((next) => {
          rows.forEach((row, i) => {
            f.get(target);
            source(row).load(element.load).store(element.store, i * bytes);
          });
          f.get(target).i32(line).op("i32.add").set(target);
          f.get(at).i32(bytes).op("i32.add").tee(at).get(end).op("i32.ne").brIf(next);
        });
      });
      f.get(run).i32(runBytes).op("i32.add").set(run).i32(0).set(skip);
      f.get(left).brIf(nextRun);
    });
  });
}

/** Emits `(target, source, positions, k)`: mr consecutive elements from `source` on at each of k positions. */
function emitPackLines(module: ModuleBuilder, element: Element, mr: number): number {
  const { bytes, lanes } = element;
  return module.addFunction(`conv_pack_lines_${element.type}`, ["i32", "i32", "i32", "i32"], [], (f, target, source, positions, k) => {
    const at = f.local("i32");
    eachPosition(f, positions, k, () => {
      f.get(source).get(positions).load("i32.load").op("i32.add").set(at);
      let row = 0;
      for (; row + lanes <= mr; row += lanes) f.get(target).get(at).load("v128.load", row * bytes).store("v128.store", row * bytes);
      for (; row < mr; row++) f.get(target).get(at).load(element.load, row * bytes).store(element.store, row * bytes);
      f.get(target).i32(mr * bytes).op("i32.add").set(target);
    });
  });
}

/** Emits `(target, tap 0, ..., tap mr - 1, positions, k)`: the taps, addresses, at each of k positions. */
function emitPackScattered(module: ModuleBuilder, element: Element, mr: number): number {
  const { bytes } = element;
  const params = new Array<"i32">(mr + 3).fill("i32");
  return module.addFunction(`conv_pack_scattered_${element.type}`, params, [], (f, target, ...rest) => {
    const taps = rest.slice(0, mr);
    const [positions, k] = rest.slice(mr) as [Local, Local];
    const at = f.local("i32");
    eachPosition(f, positions, k, () => {
      f.get(positions).load("i32.load").set(at);
      taps.forEach((tap, i) => f.get(target).get(tap).get(at).op("i32.add").load(element.load).store(element.store, i * bytes));
      f.get(target).i32(mr * bytes).op("i32.add").set(target);
    });
  });
}

/** Steps through k >= 1 words of `positions`; k becomes their end. */
function eachPosition(f: FunctionBuilder, positions: Local, k: Local, body: () => void): void {
  f.get(k).i32(2).op("i32.shl").get(positions).op("i32.add").set(k);
  f.loop((next) => {
    body();
    f.get(positions).i32(4).op("i32.add").tee(positions).get(k).op("i32.ne").brIf(next);
  });
}
