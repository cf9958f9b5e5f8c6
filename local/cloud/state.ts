import { join } from "node:path";
import { Journal } from "./journal";
import type { ResourceState, Resources } from "./service";

/** A resource with what the life cycle needs to remember of it. */
export interface StoredResource extends ResourceState {
    /** Tells a replaced resource from its replacement, which has the same URN. */
    readonly serial: number;
    /** It was replaced, and is still to be deleted. */
    readonly replaced?: boolean;
    /** Its last update failed half-way: the next `up` updates it again even when its inputs are the same. */
    readonly unfinished?: boolean;
}

/** The resources that exist, kept in the folder `resources.jsonl` as they change. */
export class ResourceStore implements Resources {
    private readonly journal: Journal<StoredResource>;
    private serials: number;
    private index: ReadonlyMap<string, readonly StoredResource[]> | undefined;
    private changes = 0;

    /** Opens what the folder holds; `revise` changes the text of each entry before it is read. */
    constructor(folder: string, revise?: (line: string) => string) {
        this.journal = new Journal(join(folder, "resources.jsonl"), revise);
        this.serials = Math.max(0, ...this.journal.values().map((resource) => resource.serial));
    }

    /** Differs after each change. */
    get version(): number {
        return this.changes;
    }

    all(): readonly StoredResource[] {
        return this.journal.values();
    }

    ofType(type: string): readonly StoredResource[] {
        this.index ??= byType(this.journal.values());
        return this.index.get(type) ?? [];
    }

    find(type: string, id: string): StoredResource | undefined {
        return this.ofType(type).find((resource) => resource.id === id);
    }

    /** The current resource of a URN, not one that was replaced. */
    current(urn: string): StoredResource | undefined {
        return this.journal.values().find((resource) => resource.urn === urn && !resource.replaced);
    }

    /** Adds a resource and gives it its serial. */
    add(resource: Omit<StoredResource, "serial">): StoredResource {
        this.serials += 1;
        const stored = { ...resource, serial: this.serials };
        this.save(stored);
        return stored;
    }

    /** Writes a changed resource. */
    save(resource: StoredResource): void {
        this.journal.set(String(resource.serial), resource);
        this.noteChange();
    }

    remove(resource: StoredResource): void {
        this.journal.delete(String(resource.serial));
        this.noteChange();
    }

    compact(): void {
        this.journal.compact();
    }

    private noteChange(): void {
        this.index = undefined;
        this.changes += 1;
    }
}

function byType(resources: readonly StoredResource[]): ReadonlyMap<string, readonly StoredResource[]> {
    const groups = new Map<string, StoredResource[]>();
    for (const resource of resources) {
        const group = groups.get(resource.type);
        if (group === undefined) {
            groups.set(resource.type, [resource]);
        } else {
            group.push(resource);
        }
    }
    return groups;
}
