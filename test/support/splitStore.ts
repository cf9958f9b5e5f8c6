import { detectionPrefix } from "../../pipeline/objectLayout";
import type { ObjectStore } from "../../objects/objectStore";

/** One bucket in two places: the detection service's own objects, and all the others, which several worlds share. */
export function splitStore(own: ObjectStore, shared: ObjectStore): ObjectStore {
    const placeOf = (key: string): ObjectStore => (key.startsWith(detectionPrefix) ? own : shared);
    return {
        get: (key) => placeOf(key).get(key),
        stream: (key) => placeOf(key).stream(key),
        put: (key, body, condition) => placeOf(key).put(key, body, condition),
        list: (prefix, after) => placeOf(prefix).list(prefix, after),
        delete: (keys) => placeOf(keys[0] ?? "").delete(keys),
    };
}
