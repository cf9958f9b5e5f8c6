import { detectorStatus, type DetectorStatus } from "../store/records";
import { conflict, invalid, type ApiError } from "./errors";

/*
 * What is legal in which state (10.3 of the reference). Where the API's model has no ConflictException, an illegal state has to come
 * back as a ValidationException.
 */

const idle: readonly DetectorStatus[] = ["INACTIVE", "DEACTIVATED"];
const running: readonly DetectorStatus[] = ["LEARNING", "ACTIVE"];

/** Calls that depend on the state, with the states that they are legal in. */
const legal = {
    activate: [...idle, "FAILED"],
    deactivate: running,
    // A deletion that was cut off is taken up again.
    delete: [...idle, ...running, "FAILED", "BACK_TEST_COMPLETE", "DELETING"],
    describeAnew: [...idle, ...running, "FAILED", "BACK_TEST_COMPLETE"],
    changeInterval: [...idle, "FAILED"],
    changeKey: idle,
    backTest: ["INACTIVE"],
    createMetricSet: [...idle, "FAILED"],
    changeOffset: [...idle, ...running, "FAILED"],
    changeMetricSet: [...idle, "FAILED"],
    changeRatios: [...idle, "FAILED"],
    createAlert: detectorStatus.options.filter((status) => status !== "DELETING"),
    changeAlert: detectorStatus.options.filter((status) => status !== "DELETING"),
} as const satisfies Record<string, readonly DetectorStatus[]>;
export type Call = keyof typeof legal;

const asConflict: readonly Call[] = [
    "activate",
    "deactivate",
    "delete",
    "createMetricSet",
    "createAlert",
    "changeRatios",
];

/** The refusal of a call in a state; undefined when it is legal. */
export function findIllegal(call: Call, status: DetectorStatus, arn: string): ApiError | undefined {
    const states: readonly DetectorStatus[] = legal[call];
    if (states.includes(status)) return undefined;
    const message = `The anomaly detector is ${status}; this is possible while it is ${states.join(", ")}.`;
    return asConflict.includes(call) ? conflict("AnomalyDetector", arn, message) : invalid(message);
}
