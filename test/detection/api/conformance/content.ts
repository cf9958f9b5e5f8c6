import type { ObjectStore } from "../../../../objects/objectStore";

/** What is in a store, as one text: keys and tags of the contents. */
export async function contentOf(objects: ObjectStore): Promise<string> {
    const parts: string[] = [];
    for await (const { key, etag } of objects.list("")) parts.push(`${key} ${etag}`);
    return parts.join("\n");
}
