/** What a process remembers of objects, up to so many bytes; what was put in first goes first. */
export interface ByteCache<T> {
    get(key: string): T | undefined;
    /** Gives a value and forgets it. */
    take(key: string): T | undefined;
    /** Keeps a value of about so many bytes; not at all when it is larger than the whole cache. */
    put(key: string, value: T, bytes: number): void;
    /** Bytes of all that is kept. */
    readonly bytes: number;
}

export function createByteCache<T>(mostBytes: number): ByteCache<T> {
    const kept = new Map<string, { readonly value: T; readonly bytes: number }>();
    let total = 0;
    const take = (key: string): T | undefined => {
        const found = kept.get(key);
        if (found === undefined) return undefined;
        kept.delete(key);
        total -= found.bytes;
        return found.value;
    };
    return {
        get: (key) => kept.get(key)?.value,
        take,
        put: (key, value, bytes) => {
            take(key);
            if (bytes > mostBytes) return;
            kept.set(key, { value, bytes });
            total += bytes;
            for (const oldest of kept.keys()) {
                if (total <= mostBytes) return;
                take(oldest);
            }
        },
        get bytes() {
            return total;
        },
    };
}
