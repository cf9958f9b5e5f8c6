import { openDetection, type Detection } from "../../detection/client";
import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import type { Window } from "../../pipeline/windows";
import type { EmbeddedCloud } from "../cloud/cloud";
import { parseOutputs, type StackOutputs } from "./stackOutputs";

/** Credentials of the user of the embedded cloud: any will do, since only roles are held to their policies. */
export const userCredentials = { accessKeyId: "demo", secretAccessKey: "demo" };
export const region = "us-east-1";

/** A stack that is up, and the ways into it. */
export interface Context {
    readonly cloud: EmbeddedCloud;
    readonly outputs: StackOutputs;
    /** The stack's bucket. */
    readonly store: ObjectStore;
    /** The stack's detection service, through the official client. */
    readonly detection: Detection;
    /** What is played live, hour by hour. */
    readonly live: Window;
    /** Detectors by logical name. */
    readonly detectors: readonly { readonly name: string; readonly arn: string }[];
}

/** Opens a stack that is up. Throws NotFoundError when a detector is not among its outputs. */
export function openContext(cloud: EmbeddedCloud, names: readonly string[], live: Window): Context {
    const outputs = parseOutputs(cloud.outputs);
    const detectors = names.map((name) => {
        const arn = outputs.detectorArns[name];
        if (arn === undefined) {
            throw new NotFoundError(`the program's output detectorArns has no detector ${name}`, { detector: name });
        }
        return { name, arn };
    });
    return {
        cloud,
        outputs,
        live,
        store: cloud.objects(outputs.bucket),
        detection: openDetection({
            endpoint: outputs.endpoint,
            signing: "lambda",
            region,
            credentials: userCredentials,
        }),
        detectors,
    };
}
