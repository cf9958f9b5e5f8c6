/** Everything that an iterable gives, in an array: for lists that are known to be short. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const collected: T[] = [];
    for await (const item of items) collected.push(item);
    return collected;
}
