import colors from "picocolors";
import { ConfigError, NotFoundError } from "../../errors";
import { formatInstant, formatWindow } from "../../pipeline/windows";
import { type DeployedDetector, readDeployed } from "../stack/deployedDetector";
import { type DetectorState, readDetectorState } from "../stack/detectorState";
import { driftOf, undeployed } from "../stack/drift";
import { findDefinition } from "../stack/ledgerRows";
import { openStackView, type StackView } from "../stack/stackView";
import { isSettled, isWell, type ShownDetector, statusText } from "../stack/statusText";
import { readStackConfig, type StackConfig } from "../stackConfig";
import { afterWait } from "./afterWait";
import { type Around, aroundProcess, placeOf } from "./around";
import { filterWarnings } from "./warnings";

/** Options of `lookout status`, as the command line gives them. */
export interface StatusFlags {
    readonly stack: string;
    /** Wait until every detector has its history and has learned from it, or has failed. */
    readonly wait?: boolean;
    readonly json?: boolean;
}

interface Found {
    readonly state: DetectorState;
    /** Undefined for a detector that the stack declares and that is not there yet. */
    readonly deployed?: DeployedDetector;
}

/** Polls after which a wait is given up: six hours in an account. */
const mostPolls = 1440;

/** Prints how a stack's detectors are; resolves to the exit code: 1 when one has failed, or does not settle. */
export async function run(flags: StatusFlags): Promise<number> {
    filterWarnings(process);
    return status(flags, aroundProcess());
}

/** The command, with what is around it. */
export async function status({ stack, wait = false, json = false }: StatusFlags, around: Around): Promise<number> {
    const { text, isOk } = await afterWait(`reading the stack ${stack}`, async (tell) => {
        const view = await openStackView(placeOf(stack, around, wait));
        try {
            const found = await readAll(view, wait ? mostPolls : 0, tell);
            const isOk = found.every(({ state }) => state.status !== "FAILED" && (!wait || isSettled(state)));
            return { text: (json ? jsonOf : textOf)(found, view, configOf(stack, around), stack), isOk };
        } finally {
            await view.close();
        }
    });
    around.out(text);
    return isOk ? 0 : 1;
}

async function readAll(view: StackView, polls: number, tell: (detail: string) => void): Promise<Found[]> {
    for (let polled = 0; ; polled++) {
        const found = await Promise.all(
            Object.entries(view.outputs.detectorArns).map(([name, arn]) => readOne(view, name, arn)),
        );
        const settled = found.filter(({ state }) => isSettled(state)).length;
        if (settled === found.length || polled >= polls) return found;
        tell(`${settled} of ${found.length} detectors have learned`);
        await view.pause();
    }
}

async function readOne({ store }: StackView, name: string, arn: string): Promise<Found> {
    try {
        const definition = await findDefinition(store, name);
        const [deployed, state] = await Promise.all([
            readDeployed(store, definition, arn),
            readDetectorState(store, definition, arn),
        ]);
        return { deployed, state };
    } catch (error) {
        if (error instanceof NotFoundError) return { state: { name, parked: 0 } };
        throw error;
    }
}

type File = StackConfig | undefined;

function textOf(found: readonly Found[], view: StackView, config: File, stack: string): string {
    const detectors = found.map((one) => shownOf(one, config));
    const missing = config === undefined ? [] : undeployed(config, Object.keys(view.outputs.detectorArns));
    return [
        colors.dim(view.where),
        "",
        statusText(detectors, view.now(), colors),
        "",
        ...missing.map((name) => `${name} is configured and not deployed: npx pulumi up --stack ${stack}`),
        `${detectors.filter(isWell).length} of ${detectors.length} detectors are well.`,
        "",
    ].join("\n");
}

function jsonOf(found: readonly Found[], view: StackView, config: File, stack: string): string {
    const missing = config === undefined ? [] : undeployed(config, Object.keys(view.outputs.detectorArns));
    const detectors = found.map((one) => {
        const { watermark, scoredThrough, arrival, ...rest } = shownOf(one, config);
        const [gap, late] = [arrival?.missing, arrival?.late].map(
            (event) => event && { ...event, window: formatWindow(event.window) },
        );
        return {
            ...rest,
            ...(watermark === undefined ? {} : { watermark: formatInstant(watermark) }),
            ...(scoredThrough === undefined ? {} : { scoredThrough: formatInstant(scoredThrough) }),
            ...(arrival === undefined ? {} : { arrival: { ...arrival, missing: gap, late } }),
        };
    });
    return `${JSON.stringify({ stack, where: view.where, detectors, missing }, undefined, 2)}\n`;
}

const shownOf = ({ state, deployed }: Found, config: StackConfig | undefined): ShownDetector =>
    config === undefined || deployed === undefined ? state : { ...state, drift: driftOf(config, deployed) };

/** The stack's file, when there is one here that can be read: status is told without it too. */
function configOf(stack: string, { folder, projectFolder }: Around): File {
    try {
        return readStackConfig(stack, [folder, projectFolder]);
    } catch (error) {
        if (error instanceof NotFoundError || error instanceof ConfigError) return undefined;
        throw error;
    }
}
