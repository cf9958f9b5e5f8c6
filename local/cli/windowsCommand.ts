import colors from "picocolors";
import { formatInstant, type Window } from "../../pipeline/windows";
import { UsageError } from "../serve/options";
import { findDefinition, type LedgerRow, ledgerRows, readLedgerState } from "../stack/ledgerRows";
import { type Replayed, replayedText, replayWindows } from "../stack/replayWindows";
import { openStackView, type StackView } from "../stack/stackView";
import { windowsText } from "../stack/windowsText";
import { afterWait } from "./afterWait";
import { type Around, aroundProcess, placeOf } from "./around";
import { filterWarnings } from "./warnings";

/** Options of `lookout windows`, as the command line gives them. */
export interface WindowsFlags {
    readonly stack: string;
    readonly detector: string;
    /** Windows that are shown, the newest. */
    readonly last: number;
    readonly all?: boolean;
    /** `FROM..TO`, ISO 8601. */
    readonly replay?: string;
    readonly force?: boolean;
    readonly secrets?: string;
    readonly json?: boolean;
}

/** Prints a detector's ledger, after it has had windows extracted again where that is asked for; resolves to the exit code. */
export async function run(flags: WindowsFlags): Promise<number> {
    filterWarnings(process);
    return windows(flags, aroundProcess());
}

/** The command, with what is around it. Throws UsageError for flags that do not go together, and what a replay throws. */
export async function windows(flags: WindowsFlags, around: Around): Promise<number> {
    const stretch = flags.replay === undefined ? undefined : stretchOf(flags.replay);
    if (flags.force && stretch === undefined) throw new UsageError("--force goes with --replay");
    return afterWait(`reading the ledger of ${flags.detector}`, async (tell) => {
        const view = await openStackView({
            ...placeOf(flags.stack, around, stretch !== undefined),
            detector: flags.detector,
            ...(flags.secrets === undefined ? {} : { secretsFile: flags.secrets }),
        });
        try {
            const replayed = stretch === undefined ? undefined : await replay(view, flags, stretch, tell);
            around.out(await shownLedger(view, flags, replayed));
            return 0;
        } finally {
            await view.close();
        }
    });
}

async function shownLedger(
    view: StackView,
    { detector, last, all, json }: WindowsFlags,
    replayed: Replayed | undefined,
): Promise<string> {
    const { store } = view;
    const definition = await findDefinition(store, detector);
    const state = await readLedgerState(store, definition);
    if (state === undefined) return json ? "{}\n" : `${detector}: its history has not begun to be extracted\n`;
    const rows = await ledgerRows(store, state, { last: all ? Infinity : last, now: view.now() });
    if (!json) {
        const before = replayed === undefined ? "" : `${replayedText(replayed)}\n\n`;
        return `${before}${windowsText(state, rows, colors)}\n`;
    }
    const { record, watermark, frontier } = state.view;
    const shown = {
        detector,
        generation: record.generation,
        watermark: formatInstant(watermark),
        frontier: formatInstant(frontier),
        ...(replayed === undefined ? {} : { replayed: shownReplay(replayed) }),
    };
    return `${JSON.stringify({ ...shown, windows: rows.map(shownRow) }, undefined, 2)}\n`;
}

const shownRow = ({ window, committedAt, ...row }: LedgerRow) => ({
    start: formatInstant(window.start),
    end: formatInstant(window.end),
    ...row,
    ...(committedAt === undefined ? {} : { committedAt: formatInstant(committedAt) }),
});

const shownReplay = ({ backfill, live, ...counts }: Replayed) => ({
    history: backfill.length,
    live: live.length,
    ...counts,
});

async function replay(
    view: StackView,
    { detector, force = false }: WindowsFlags,
    stretch: Window,
    tell: (detail: string) => void,
): Promise<Replayed> {
    const definition = await findDefinition(view.store, detector);
    return replayWindows(view, definition, { stretch, force, tell });
}

/** Throws UsageError for anything but two instants, the earlier one first. */
export function stretchOf(text: string): Window {
    const [from = "", to = "", ...more] = text.split("..");
    const [start, end] = [from, to].map((part) => (/^\d{4}-\d\d-\d\d(T|$)/.test(part) ? Date.parse(zoned(part)) : NaN));
    if (more.length > 0 || Number.isNaN(start) || Number.isNaN(end) || !(start! < end!))
        throw new UsageError(
            `--replay ${text}: expected FROM..TO, ISO 8601 in UTC, such as 2026-04-01T00:00..2026-04-01T06:00`,
        );
    return { start: start!, end: end! };
}

/** Instants without a zone are UTC. */
const zoned = (text: string): string => (text.length === 10 || /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
