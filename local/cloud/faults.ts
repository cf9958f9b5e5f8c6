import type { Fault, Faults } from "./service";

/** Failures to be provoked, each as often as was asked for. */
export class FaultList implements Faults {
    private pending: { readonly fault: Fault; left: number }[] = [];

    inject(fault: Fault): void {
        this.pending.push({ fault, left: fault.times ?? 1 });
    }

    take(at: readonly string[], when: "before" | "after", request: unknown): Fault["error"] | undefined {
        return this.use(at, request, (fault) => fault.lateMs === undefined && (fault.when ?? "before") === when)?.error;
    }

    takeLate(at: readonly string[], request: unknown): number | undefined {
        return this.use(at, request, ({ lateMs }) => lateMs !== undefined)?.lateMs;
    }

    clear(): void {
        this.pending = [];
    }

    private use(at: readonly string[], request: unknown, isKind: (fault: Fault) => boolean): Fault | undefined {
        const due = this.pending.find(
            ({ fault }) => at.includes(fault.at) && isKind(fault) && (fault.match?.(request) ?? true),
        );
        if (due === undefined) {
            return undefined;
        }
        due.left -= 1;
        if (due.left <= 0) {
            this.pending = this.pending.filter((other) => other !== due);
        }
        return due.fault;
    }
}
