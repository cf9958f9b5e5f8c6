import { mapConcurrently } from "../../pipeline/concurrently";
import { findManifest } from "../../pipeline/manifests";
import type { DetectorDefinition, WindowKind } from "../../pipeline/records";
import { startReplay, windowsToReplay } from "../../pipeline/replay";
import { formatWindow, type Window } from "../../pipeline/windows";
import { counted } from "../demo/table";
import type { StackView } from "./stackView";

/** What extracting windows again came to. */
export interface Replayed {
    /** Windows of the history, and live ones, that were to be extracted. */
    readonly backfill: readonly Window[];
    readonly live: readonly Window[];
    /** How many were, and in how many there was something else than before. */
    readonly extracted: number;
    readonly changed: number;
    /** Of these, windows of the history: the detector has learned it again. */
    readonly changedHistory: number;
}

export interface ReplayOptions {
    readonly stretch: Window;
    readonly force: boolean;
    /** Hears how far it is. */
    readonly tell: (detail: string) => void;
}

/** Manifests read at the same time. */
const concurrency = 16;

/** Has the windows of a stretch extracted again, a run after the other, and waits for each. Throws DetectorBusyError while others are at it. */
export async function replayWindows(
    view: StackView,
    definition: DetectorDefinition,
    { stretch, force, tell }: ReplayOptions,
): Promise<Replayed> {
    const windows = await windowsToReplay(view.store, definition, stretch, view.now());
    const all = [...windows.backfill, ...windows.live];
    const before = await statesOf(view, definition, all);
    let done = 0;
    for (const kind of ["backfill", "live"] as const)
        for (let left = windows[kind]; left.length > 0;) {
            tell(`${done} of ${counted(all.length, "window")}`);
            const taken = await runOne(view, definition, { kind, windows: left, force });
            left = left.slice(taken);
            done += taken;
        }
    const after = await statesOf(view, definition, all);
    const changed = all.filter((_, i) => after[i]?.version !== before[i]?.version);
    return {
        ...windows,
        extracted: all.filter((_, i) => after[i]?.fence !== before[i]?.fence).length,
        changed: changed.length,
        changedHistory: changed.filter((window) => windows.backfill.includes(window)).length,
    };
}

async function runOne(
    view: StackView,
    definition: DetectorDefinition,
    replay: { readonly kind: WindowKind; readonly windows: readonly Window[]; readonly force: boolean },
): Promise<number> {
    const { store, executions, outputs } = view;
    const machines = { liveMachine: outputs.liveMachineArn, backfillMachine: outputs.backfillMachineArn };
    const now = Math.floor(view.now() / 1000) * 1000;
    const { execution, taken } = await startReplay({ store, executions, ...machines }, definition, replay, now);
    do await view.pause();
    while (await executions.isRunning(execution));
    return taken;
}

/** Which run wrote the windows' manifests last, and which version they have. */
async function statesOf(
    { store }: StackView,
    { name, live }: DetectorDefinition,
    windows: readonly Window[],
): Promise<({ readonly fence: number; readonly version: number } | undefined)[]> {
    const place = { detector: name, generation: live ?? "" };
    return mapConcurrently(
        windows,
        concurrency,
        async ({ start }) => (await findManifest(store, place, start))?.manifest,
    );
}

/** What a replay came to, in sentences. */
export function replayedText({ backfill, live, extracted, changed, changedHistory }: Replayed): string {
    const all = backfill.length + live.length;
    const failed = all - extracted;
    const whole = backfill.length === 0 ? [] : [wholeText(backfill)];
    return [
        ...whole,
        `${counted(extracted, "window")} extracted again: ${changed === 0 ? "nothing has changed" : `${changed} with other rows, or forced to count anew`}.`,
        ...(failed > 0
            ? [
                  `${counted(failed, "window")} could not be extracted; what they held still counts. The run says why: see the stack's notifications.`,
              ]
            : []),
        ...(changedHistory > 0
            ? ["The history has changed: the detector learns it again, and scores anew what came after it."]
            : []),
    ].join("\n");
}

function wholeText(windows: readonly Window[]): string {
    const [first, last] = [windows[0]!, windows.at(-1)!];
    return `Windows of the history are extracted as a whole: ${counted(windows.length, "window")}, ${formatWindow({ start: first.start, end: last.end })}.`;
}
