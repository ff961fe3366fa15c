// A loop of a program: counted, or until a flag says stop. Nothing is allocated and nothing copied from step to step.

import { InternalError } from "../../../ir/errors.ts";
import type { Buffer, BufferId, Repeat, Statement } from "../../../ir/program/program.ts";
import type { Dim } from "../../../ir/size.ts";
import { itemSize } from "../../../ir/types.ts";
import type { FunctionBuilder, Local } from "../encode/index.ts";
import { header } from "./layout.ts";

/** What a statement with a body needs of the function that it stands in. */
export interface BodyScope {
  readonly f: FunctionBuilder;
  readonly buffers: readonly Buffer[];
  /** Addresses of slices and carried values, in the loops that are open. */
  readonly pointers: Map<BufferId, Local>;
  /** Pushes a buffer's address. */
  address(buffer: BufferId): void;
  /** Pushes a size times a constant, as an i32. */
  size(size: Dim, factor?: number): void;
  body(body: readonly Statement[]): void;
  /** All threads that run the statement together meet; absent: there is one. */
  meet?(): void;
  /** What one of them does; absent: there is one. */
  alone?(emit: () => void): void;
}

/** Copies from the address that `push` pushes, as many bytes as `like` has. */
function copyFrom({ f, buffers, address, size }: BodyScope, to: BufferId, like: BufferId, push: () => void): void {
  const { elements, dtype } = buffers[like]!;
  address(to);
  push();
  size(elements, itemSize[dtype]);
  f.memoryCopy();
}

/** Emits the loop. Its steps move addresses: of slices along what they are parts of, of carried values from room to room. */
export function emitRepeat({ limit, steps, stop, taken, reverse, overrun, slices, carried, body }: Repeat, scope: BodyScope): void {
  const { f, pointers: open, address } = scope;
  const [count, step, stopped] = [f.local("i32"), f.local("i32"), f.local("i32")];
  countSteps(scope, count, limit, steps);
  const pointers = carried.map(({ current, init, next, rooms }) => {
    const [now, then, room] = [f.local("i32"), f.local("i32"), f.local("i32")];
    address(init);
    f.set(now);
    if (rooms.length > 0) {
      address(rooms[0]!);
      f.set(room);
      open.set(next, room);
    }
    open.set(current, now);
    return { now, then, room };
  });
  const places = slices.map((slice) => {
    const place = f.local("i32");
    open.set(slice, place);
    return place;
  });
  f.i32(0).set(step).i32(0).set(stopped);
  f.block((done) => f.loop((again) => {
    f.get(step).get(count).op("i32.ge_s").get(stopped).op("i32.or").brIf(done);
    slices.forEach((slice, i) => placeSlice(scope, slice, places[i]!, () => {
      if (reverse) f.get(count).i32(1).op("i32.sub").get(step).op("i32.sub");
      else f.get(step);
    }));
    scope.body(body);
    if (stop !== undefined) {
      scope.meet?.();
      address(stop);
      f.load("i32.load8_u").set(stopped);
    }
    // All addresses are read before one is changed: a next value may lie where another present one does.
    carried.forEach(({ next }, i) => {
      address(next);
      f.set(pointers[i]!.then);
    });
    carried.forEach(({ rooms }, i) => {
      const { now, then, room } = pointers[i]!;
      f.get(then).set(now);
      if (rooms.length < 2) return;
      // The other room: first + second - this one.
      address(rooms[0]!);
      address(rooms[1]!);
      f.op("i32.add").get(room).op("i32.sub").set(room);
    });
    f.get(step).i32(1).op("i32.add").set(step).br(again);
  }));
  if (overrun !== undefined) refuseOverrun(scope, overrun, steps!, limit!, stopped);
  if (taken === undefined && carried.every(({ last }) => last === undefined)) return;
  scope.meet?.();
  const { alone = (emit) => emit() } = scope;
  alone(() => {
    carried.forEach(({ init, last }, i) => {
      if (last !== undefined) copyFrom(scope, last, init, () => f.get(pointers[i]!.now));
    });
    if (taken === undefined) return;
    address(taken);
    f.get(step).store("i32.store");
  });
}

/** The steps that are wanted, no more than the limit. */
function countSteps({ f, address, size }: BodyScope, count: Local, limit: Dim | undefined, steps: BufferId | undefined): void {
  if (limit === undefined) f.i32(0x7fffffff);
  else size(limit);
  f.set(count);
  if (steps === undefined) return;
  address(steps);
  f.load("i32.load").get(count);
  address(steps);
  f.load("i32.load").get(count).op("i32.lt_s").op("select").set(count);
}

function placeSlice({ f, buffers, address, size }: BodyScope, slice: BufferId, place: Local, pushIndex: () => void): void {
  const { elements, dtype, role } = buffers[slice]!;
  if (role.kind !== "slice") throw new InternalError(`buffer ${slice} is no slice`);
  address(role.of);
  pushIndex();
  size(elements, itemSize[dtype]);
  f.op("i32.mul").op("i32.add").set(place);
}

function refuseOverrun({ f, address, size }: BodyScope, error: number, steps: BufferId, limit: Dim, stopped: Local): void {
  address(steps);
  f.load("i32.load");
  size(limit);
  f.op("i32.gt_s").get(stopped).op("i32.eqz").op("i32.and").if(() => {
    f.i32(header.errorInfo);
    address(steps);
    f.load("i32.load").store("i32.store").i32(header.errorInfo);
    size(limit);
    f.store("i32.store", 4).i32(error).op("return");
  });
}
