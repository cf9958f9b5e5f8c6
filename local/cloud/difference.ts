import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Registration } from "./monitor";
import type { Instance, Kind, Values } from "./providers/kind";
import type { ResourceStore, StoredResource } from "./state";

/** URNs of the resources by what was done to them. */
export interface Changes {
    readonly created: string[];
    readonly updated: string[];
    readonly replaced: string[];
    readonly deleted: string[];
    readonly same: string[];
}

/** The difference between what exists and what the program registers, applied resource by resource. */
export class Difference {
    readonly changes: Changes = { created: [], updated: [], replaced: [], deleted: [], same: [] };
    /** `<type> <name>` of resources of types that the embedded cloud does not know. */
    readonly unknown: string[] = [];
    /** URNs that the program has registered. */
    readonly registered = new Set<string>();

    constructor(
        private readonly store: ResourceStore,
        private readonly kinds: ReadonlyMap<string, Kind>,
        /** Goes into the names that are made up; another one for each deployment. */
        private readonly salt: string,
    ) {}

    /** Makes the resource that the program registers exist as it describes it. `inputs` are plain JSON. */
    async register(registration: Registration, inputs: Values): Promise<StoredResource> {
        const { urn, type, name, custom } = registration;
        if (this.registered.has(urn)) {
            throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
        }
        this.registered.add(urn);
        if (custom && !this.kinds.has(type)) {
            this.unknown.push(`${type} ${name}`);
        }
        const kind = this.kinds.get(type) ?? { type, id: () => `${name}-id` };
        const old = this.store.current(urn);
        try {
            return old === undefined
                ? await this.create(kind, registration, inputs)
                : await this.compare(kind, old, registration, inputs);
        } catch (error) {
            throw new ResourceError(type, name, error);
        }
    }

    /** Deletes what was replaced and what the program no longer registers, as `order` says. */
    async deleteRest(order: (resources: readonly StoredResource[]) => Iterable<StoredResource>): Promise<void> {
        const rest = this.store.all().filter(({ replaced, urn }) => replaced || !this.registered.has(urn));
        for (const resource of order(rest)) {
            await this.delete(resource);
            if (!resource.replaced && resource.custom) {
                this.changes.deleted.push(resource.urn);
            }
        }
    }

    private async create(kind: Kind, registration: Registration, inputs: Values): Promise<StoredResource> {
        const { urn } = registration;
        const named = this.withName(kind, registration, inputs);
        const id = registration.custom ? (kind.id?.(named) ?? nameOf(kind, named)) : "";
        if (kind.name !== undefined && this.store.find(kind.type, id) !== undefined) {
            throw new Error(
                `the name ${id} is taken by another resource of this type; choose another name or delete the other first`,
            );
        }
        const outputs = { ...named, ...kind.outputs?.(named, id) };
        const more = await kind.create?.({ urn, id, inputs: named, outputs });
        this.note(registration.custom, this.changes.created, urn);
        return this.store.add({ ...remembered(registration), id, inputs, outputs: { ...outputs, ...more, id } });
    }

    private async compare(
        kind: Kind,
        old: StoredResource,
        registration: Registration,
        inputs: Values,
    ): Promise<StoredResource> {
        const wanted = withoutIgnored(registration.ignoreChanges, old.inputs, inputs);
        const changed = changedKeys(old.inputs, wanted);
        if (changed.length === 0 && !old.unfinished) {
            this.note(old.custom, this.changes.same, old.urn);
            const current = { ...old, ...remembered(registration) };
            if (!isDeepStrictEqual(withoutUndefined(current), withoutUndefined(old))) {
                this.store.save(current);
            }
            return current;
        }
        const replacing = [kind.name?.property, ...(kind.replacedBy ?? []), ...registration.replaceOnChanges];
        return replacing.includes("*") || changed.some((key) => replacing.includes(key))
            ? await this.replace(kind, old, registration, wanted)
            : await this.update(kind, old, registration, wanted);
    }

    private async update(
        kind: Kind,
        old: StoredResource,
        registration: Registration,
        inputs: Values,
    ): Promise<StoredResource> {
        const { urn, id } = old;
        const named = { ...inputs, ...keptName(kind, old, inputs) };
        const outputs = { ...old.outputs, ...named, ...kind.outputs?.(named, id) };
        const next = { ...old, ...remembered(registration), inputs, unfinished: undefined };
        try {
            const more = await kind.update?.({ urn, id, inputs: named, outputs }, instanceOf(kind, old));
            const updated = { ...next, outputs: { ...outputs, ...more, id } };
            this.store.save(updated);
            this.note(old.custom, this.changes.updated, urn);
            return updated;
        } catch (error) {
            if (kind.keepsFailedUpdate) {
                this.store.save({ ...next, unfinished: true });
            }
            throw error;
        }
    }

    /** Creates the new one before the old one is deleted, at the end; the other way round when asked to, or when both have the same name. */
    private async replace(
        kind: Kind,
        old: StoredResource,
        registration: Registration,
        inputs: Values,
    ): Promise<StoredResource> {
        const property = kind.name?.property;
        const fixedName =
            property !== undefined && inputs[property] !== undefined && inputs[property] === old.inputs[property];
        if (registration.deleteBeforeReplace ?? fixedName) {
            await this.delete(old);
        } else {
            this.store.save({ ...old, replaced: true });
        }
        try {
            const created = await this.create(kind, registration, inputs);
            this.changes.created.pop();
            this.note(old.custom, this.changes.replaced, old.urn);
            return created;
        } catch (error) {
            if (this.store.all().some(({ serial }) => serial === old.serial)) {
                this.store.save(old);
            }
            throw error;
        }
    }

    private async delete(resource: StoredResource): Promise<void> {
        const kind = this.kinds.get(resource.type);
        if (resource.custom && !resource.retainOnDelete && kind !== undefined) {
            try {
                await kind.delete?.(instanceOf(kind, resource));
            } catch (error) {
                throw new ResourceError(resource.type, resource.name, error, "deleting");
            }
        }
        this.store.remove(resource);
    }

    /** Fills in a physical name as Pulumi does: the logical name with seven digits that differ from deployment to deployment. */
    private withName(kind: Kind, { urn, name }: Registration, inputs: Values): Values {
        if (kind.name === undefined || inputs[kind.name.property] !== undefined) {
            return inputs;
        }
        const digits = createHash("sha256").update(`${this.salt} ${urn}`).digest("hex").slice(0, 7);
        const prefix = inputs[`${kind.name.property}Prefix`];
        const physical = typeof prefix === "string" ? `${prefix}${digits}` : `${name}-${digits}`;
        return { ...inputs, [kind.name.property]: `${physical}${kind.name.suffix ?? ""}` };
    }

    private note(custom: boolean, list: string[], urn: string): void {
        if (custom) {
            list.push(urn);
        }
    }
}

/** A resource could not be brought up or taken down. */
export class ResourceError extends Error {
    override readonly name = "ResourceError";

    constructor(
        readonly resourceType: string,
        readonly resourceName: string,
        cause: unknown,
        doing = "bringing up",
    ) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        super(`${doing} ${resourceType} "${resourceName}" failed: ${reason}`, { cause });
    }
}

/** The resource as its kind sees it. */
function instanceOf(kind: Kind, resource: StoredResource): Instance {
    const { urn, id, inputs, outputs } = resource;
    return { urn, id, inputs: { ...inputs, ...keptName(kind, resource, inputs) }, outputs };
}

function keptName(kind: Kind, old: StoredResource, inputs: Values): Values {
    const property = kind.name?.property;
    return property === undefined || inputs[property] !== undefined ? {} : { [property]: old.outputs[property] };
}

function nameOf(kind: Kind, inputs: Values): string {
    const name = kind.name === undefined ? undefined : inputs[kind.name.property];
    if (typeof name !== "string") {
        throw new Error(`the embedded cloud knows no id for resources of type ${kind.type}`);
    }
    return name;
}

function remembered(registration: Registration): Omit<StoredResource, "serial" | "id" | "inputs" | "outputs"> {
    const { urn, type, name, custom, parent, dependencies, deleteBeforeReplace = false, retainOnDelete } = registration;
    return { urn, type, name, custom, parent, dependencies, deleteBeforeReplace, retainOnDelete };
}

/** The inputs, with what the program wants left alone as it was. */
function withoutIgnored(ignored: readonly string[], old: Values, inputs: Values): Values {
    const kept: Record<string, unknown> = { ...inputs };
    for (const key of ignored.map((path) => path.split(/[.[]/)[0]!)) {
        if (key in old) {
            kept[key] = old[key];
        } else {
            delete kept[key];
        }
    }
    return kept;
}

function changedKeys(old: Values, inputs: Values): string[] {
    const keys = new Set([...Object.keys(old), ...Object.keys(inputs)]);
    return [...keys].filter((key) => !isDeepStrictEqual(old[key], inputs[key]));
}

function withoutUndefined(value: object): object {
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
