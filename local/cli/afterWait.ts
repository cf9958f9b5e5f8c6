import { openProgress } from "../demo/progress";

/** Milliseconds after which a person wants to know what is being done. */
const patienceMs = 2000;

/**
 * Runs some work, and shows on standard error what it does once it has taken two seconds; work that is quicker shows nothing. `tell` replaces
 * the text beside its name.
 */
export async function afterWait<Value>(
    name: string,
    work: (tell: (detail: string) => void) => Promise<Value>,
    { stream = process.stderr, patience = patienceMs }: { stream?: NodeJS.WriteStream; patience?: number } = {},
): Promise<Value> {
    let detail = "";
    let tell: ((text: string) => void) | undefined;
    const running = work((text) => {
        detail = text;
        tell?.(text);
    });
    let shown: Promise<unknown> | undefined;
    const timer = setTimeout(() => {
        shown = show();
    }, patience);
    try {
        return await running;
    } finally {
        clearTimeout(timer);
        await shown?.catch(() => undefined);
    }

    async function show(): Promise<void> {
        const progress = await openProgress({ stream, now: () => performance.now() });
        await progress.stage(name, async (tellOn) => {
            tell = tellOn;
            tellOn(detail);
            await running;
        });
    }
}
