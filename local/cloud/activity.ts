import type { Activity } from "./service";

/** Counts the work under way in the embedded cloud, so that the clock moves only when nothing can go on without it. */
export class ActivityCounter implements Activity {
    private running = 0;
    private waiting: (() => void)[] = [];
    private failures: Error[] = [];

    get count(): number {
        return this.running;
    }

    async run<T>(work: () => Promise<T>): Promise<T> {
        this.running += 1;
        try {
            return await work();
        } finally {
            this.running -= 1;
            if (this.running === 0) {
                this.wake();
            }
        }
    }

    start(work: () => Promise<void>): void {
        this.run(work).catch((error: unknown) => {
            this.failures.push(error instanceof Error ? error : new Error(String(error)));
            this.wake();
        });
    }

    async idle(): Promise<void> {
        do {
            while (this.running > 0 && this.failures.length === 0) {
                await new Promise<void>((resolve) => this.waiting.push(resolve));
            }
            // What comes next (a state machine's next state, a queued event) is set off by promises: let them all run.
            await new Promise<void>((resolve) => setImmediate(resolve));
        } while (this.running > 0 && this.failures.length === 0);
        const [first] = this.failures.splice(0);
        if (first !== undefined) {
            throw first;
        }
    }

    private wake(): void {
        for (const resolve of this.waiting.splice(0)) {
            resolve();
        }
    }
}
