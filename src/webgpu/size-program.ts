// The sizes of a function as a short program, which a loader carries out without knowing how they are written. Equal values stand in one place.

import { InternalError } from "../../ir/errors.ts";
import type { Place, SizeEntry } from "../load-webgpu/bundle-plan.ts";

const operations = { add: 1, multiply: 2, floor_div: 3, max: 4 } as const;
type Operation = keyof typeof operations;
const [constant, check] = [0, 5];

export class SizeProgram {
  readonly entries: SizeEntry[] = [];
  /** The largest buffer that a device binds, in bytes. */
  readonly limit = this.slot();
  readonly #places = new Map<string, Place>();

  /** The values of these sizes come after the limit. */
  constructor(sizes: readonly string[]) {
    for (const name of sizes) this.#places.set(name, this.slot());
  }

  /** A place whose value is put there by whoever runs the program. */
  slot(): Place {
    return this.entries.push([constant, 0]) - 1;
  }

  constant(value: number): Place {
    return this.#intern([constant, value]);
  }

  operation(operation: Operation, a: Place, b: Place): Place {
    return this.#intern([operations[operation], a, b]);
  }

  /** The error where they differ. */
  check(a: Place, b: Place, error: number): void {
    this.#intern([check, a, b, error]);
  }

  sum(a: Place, b: Place): Place {
    return this.operation("add", a, b);
  }

  product(...places: readonly Place[]): Place {
    return places.length === 0 ? this.constant(1) : places.reduce((a, b) => this.operation("multiply", a, b));
  }

  /** Rounded up. `per` is positive. */
  quotient(place: Place, per: number): Place {
    return this.operation("floor_div", this.sum(place, this.constant(per - 1)), this.constant(per));
  }

  negative(place: Place): Place {
    return this.product(place, this.constant(-1));
  }

  min(a: Place, b: Place): Place {
    return this.negative(this.operation("max", this.negative(a), this.negative(b)));
  }

  clamp(place: Place, least: number, most: number): Place {
    return this.operation("max", this.constant(least), this.min(place, this.constant(most)));
  }

  infinity(): Place {
    return this.operation("floor_div", this.constant(1), this.constant(0));
  }

  /** A number, or a text as signatures hold it. */
  size(size: number | string): Place {
    if (typeof size === "number") return this.constant(size);
    return this.#places.get(size) ?? this.#parse(size);
  }

  #intern(entry: SizeEntry): Place {
    const key = String(entry);
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, place = this.entries.push(entry) - 1);
    return place;
  }

  #parse(text: string): Place {
    const tokens = text.match(/\w+|[^\w\s]/g) ?? [];
    const take = (token: string): boolean => tokens[0] === token && tokens.shift() !== undefined;
    const expect = (token: string): void => {
      if (!take(token)) throw new InternalError(`the size ${text} has ${tokens[0] ?? "an end"} in the place of ${token}`);
    };
    const factor = (): Place => {
      if (take("-")) return this.negative(factor());
      const token = tokens.shift() ?? "";
      if (take("(")) {
        const a = sum();
        expect(",");
        const b = sum();
        expect(")");
        if (token === "min") return this.min(a, b);
        if (token === "max" || token === "floor_div") return this.operation(token, a, b);
        throw new InternalError(`the size ${text} has ${token}`);
      }
      const place = /^\d+$/.test(token) ? this.constant(Number(token)) : this.#places.get(token);
      if (place === undefined) throw new InternalError(`the size ${text} has ${token}`);
      return place;
    };
    const term = (): Place => {
      let place = factor();
      while (take("*")) place = this.product(place, factor());
      return place;
    };
    const sum = (): Place => {
      let place = term();
      while (tokens[0] === "+" || tokens[0] === "-") {
        take("+");
        place = this.sum(place, term());
      }
      return place;
    };
    const place = sum();
    if (tokens.length > 0) throw new InternalError(`the size ${text} goes on after its end`);
    return place;
  }
}
