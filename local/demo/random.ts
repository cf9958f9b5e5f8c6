/** A stream of pseudo-random numbers that a seed decides completely. */
export interface Random {
    /** A number in [low, high). */
    uniform(low: number, high: number): number;
    /** A whole number from low to high, both included. */
    integer(low: number, high: number): number;
    /** One of the values. Throws RangeError when there are none. */
    pick<T>(values: readonly T[]): T;
}

/** Opens the stream of a seed (mulberry32: 32 bits of state, good enough for sample data, not for secrets). */
export function openRandom(seed: number): Random {
    let state = seed >>> 0;
    const next = (): number => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
    return {
        uniform: (low, high) => low + next() * (high - low),
        integer,
        pick: (values) => {
            if (values.length === 0) {
                throw new RangeError("there is nothing to pick from");
            }
            return values[integer(0, values.length - 1)]!;
        },
    };
}
