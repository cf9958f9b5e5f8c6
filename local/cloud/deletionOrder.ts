import { openRandom } from "../demo/random";
import type { StoredResource } from "./state";

/**
 * The order in which resources are deleted: each after all that depend on it, and children before their parent, as Pulumi counts
 * them. Nothing else orders them, and among those that may go the seed picks: a dependency that the program fails to record is
 * violated for some seed.
 */
export function deletionOrder(resources: readonly StoredResource[], seed: number): StoredResource[] {
    const random = openRandom(seed);
    const left = new Set(resources);
    const order: StoredResource[] = [];
    while (left.size > 0) {
        const needed = new Set([...left].flatMap((resource) => [...resource.dependencies, resource.parent ?? ""]));
        const free = [...left].filter((resource) => !needed.has(resource.urn) || isOnlyNeededByItself(resource, left));
        if (free.length === 0) {
            throw new Error(`the dependencies of ${[...left].map(({ urn }) => urn).join(", ")} form a circle`);
        }
        const next = random.pick(free);
        left.delete(next);
        order.push(next);
    }
    return order;
}

/** A replaced resource and its replacement share a URN: neither waits for the other. */
function isOnlyNeededByItself(resource: StoredResource, left: ReadonlySet<StoredResource>): boolean {
    return [...left].every(
        (other) =>
            other.urn === resource.urn || !(other.dependencies.includes(resource.urn) || other.parent === resource.urn),
    );
}
