import type { Activity, Clock, Timer, TimerOptions } from "./service";

interface Entry extends Timer {
    readonly order: number;
    readonly background: boolean;
    readonly work: () => void | Promise<void>;
}

/**
 * The embedded cloud's clock. It stands still until it is advanced; then timers fire one after the other, by their instant and, at the
 * same instant, in the order in which they were set. Before the next one fires, all work that the last one set off is done.
 */
export class SimulatedClock implements Clock {
    private readonly timers: Entry[] = [];
    private orders = 0;
    private advancing = false;

    constructor(
        private current: number,
        private readonly activity: Activity,
        /** Told of every instant that the clock reaches. */
        private readonly reached: (now: number) => void = () => undefined,
    ) {}

    now(): number {
        return this.current;
    }

    at(instant: number, work: () => void | Promise<void>, { background = false }: TimerOptions = {}): Timer {
        const entry: Entry = {
            at: Math.max(instant, this.current),
            order: this.orders++,
            background,
            work,
            cancel: () => this.remove(entry),
        };
        const index = this.timers.findIndex((other) => other.at > entry.at);
        this.timers.splice(index < 0 ? this.timers.length : index, 0, entry);
        return entry;
    }

    sleep(ms: number, signal?: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
            const abort = (): void => {
                timer.cancel();
                reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
            };
            const timer = this.at(this.current + ms, () => {
                signal?.removeEventListener("abort", abort);
                resolve();
            });
            if (signal?.aborted) {
                abort();
            } else {
                signal?.addEventListener("abort", abort, { once: true });
            }
        });
    }

    /** Lets time pass up to `instant`; afterwards everything that was due until then is done. Throws RangeError for one that is past. */
    async advanceTo(instant: number): Promise<void> {
        if (!(instant >= this.current)) {
            throw new RangeError(`the clock cannot go from ${format(this.current)} back to ${format(instant)}`);
        }
        await this.exclusively(async () => {
            await this.fireUntil(instant);
            this.move(instant);
        });
    }

    /**
     * Lets time pass only while somebody waits for it (not for background timers), and never past `limit`. Background timers that fall
     * into that time fire too.
     */
    async runUntilIdle(limit: number): Promise<void> {
        if (!(limit >= this.current)) {
            throw new RangeError(`the limit ${format(limit)} is before the clock's ${format(this.current)}`);
        }
        await this.exclusively(async () => {
            await this.activity.idle();
            for (let next = this.nextAwaited(); next !== undefined && next.at <= limit; next = this.nextAwaited()) {
                await this.fireUntil(next.at);
            }
        });
    }

    private move(instant: number): void {
        if (instant > this.current) {
            this.current = instant;
            this.reached(instant);
        }
    }

    private nextAwaited(): Entry | undefined {
        return this.timers.find((timer) => !timer.background);
    }

    private async fireUntil(instant: number): Promise<void> {
        await this.activity.idle();
        for (let next = this.timers[0]; next !== undefined && next.at <= instant; next = this.timers[0]) {
            this.timers.shift();
            this.move(next.at);
            const { work } = next;
            await this.activity.run(async () => work());
            await this.activity.idle();
        }
    }

    private async exclusively(work: () => Promise<void>): Promise<void> {
        if (this.advancing) {
            throw new Error("the clock is being advanced already; await the first call");
        }
        this.advancing = true;
        try {
            await work();
        } finally {
            this.advancing = false;
        }
    }

    private remove(entry: Entry): void {
        const index = this.timers.indexOf(entry);
        if (index >= 0) {
            this.timers.splice(index, 1);
        }
    }
}

function format(instant: number): string {
    return Number.isFinite(instant) ? new Date(instant).toISOString() : String(instant);
}
