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

    /** Opens what the folder holds; `revise` changes the text of each entry before it is read. */
    constructor(folder: string, revise?: (line: string) => string) {
        this.journal = new Journal(join(folder, "resources.jsonl"), revise);
        this.serials = Math.max(0, ...this.journal.values().map((resource) => resource.serial));
    }

    all(): readonly StoredResource[] {
        return this.journal.values();
    }

    ofType(type: string): readonly StoredResource[] {
        return this.journal.values().filter((resource) => resource.type === type);
    }

    find(type: string, id: string): StoredResource | undefined {
        return this.journal.values().find((resource) => resource.type === type && resource.id === id);
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
    }

    remove(resource: StoredResource): void {
        this.journal.delete(String(resource.serial));
    }

    compact(): void {
        this.journal.compact();
    }
}
