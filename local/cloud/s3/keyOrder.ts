/** Compares two keys by their UTF-8 bytes, the order in which S3 lists them. */
export function compareKeys(left: string, right: string): number {
    const length = Math.min(left.length, right.length);
    for (let index = 0; index < length; index += 1) {
        const a = left.charCodeAt(index);
        const b = right.charCodeAt(index);
        if (a !== b) {
            return rank(a) - rank(b);
        }
    }
    return left.length - right.length;
}

/** Code units of surrogate pairs come after all others in UTF-8, but not in UTF-16. */
function rank(unit: number): number {
    return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Keys kept in order: additions and removals are cheap however many there are. */
export class OrderedKeys {
    private readonly keys: string[] = [];

    get size(): number {
        return this.keys.length;
    }

    add(key: string): void {
        const index = this.firstNotBefore(key);
        if (this.keys[index] !== key) {
            this.keys.splice(index, 0, key);
        }
    }

    delete(key: string): void {
        const index = this.firstNotBefore(key);
        if (this.keys[index] === key) {
            this.keys.splice(index, 1);
        }
    }

    at(index: number): string | undefined {
        return this.keys[index];
    }

    /** Index of the first key that is `key` or comes after it. */
    firstNotBefore(key: string): number {
        let low = 0;
        let high = this.keys.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (compareKeys(this.keys[middle]!, key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
