/** Runs `act` on every item, at most `limit` at a time; outcomes in the order of the items. One failure does not stop the others. */
export async function settleConcurrently<T, R>(
    items: readonly T[],
    limit: number,
    act: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
    const outcomes = new Array<PromiseSettledResult<R>>(items.length);
    const waiting = items.entries();
    const worker = async (): Promise<void> => {
        // The iterator is shared: each worker takes the next item that nobody has taken.
        for (const [index, item] of waiting) {
            [outcomes[index]] = await Promise.allSettled([act(item)]);
        }
    };
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
    return outcomes;
}

/** As `settleConcurrently`, giving the results; rejects with the first failure once all have ended. */
export async function mapConcurrently<T, R>(
    items: readonly T[],
    limit: number,
    act: (item: T) => Promise<R>,
): Promise<R[]> {
    return (await settleConcurrently(items, limit, act)).map((outcome) => {
        if (outcome.status === "rejected") throw outcome.reason;
        return outcome.value;
    });
}
