import type { Fault, Faults } from "./service";

/** Failures to be provoked, each as often as was asked for. */
export class FaultList implements Faults {
    private pending: { readonly fault: Fault; left: number }[] = [];

    inject(fault: Fault): void {
        this.pending.push({ fault, left: fault.times ?? 1 });
    }

    take(at: readonly string[], when: "before" | "after", request: unknown): Fault["error"] | undefined {
        const due = this.pending.find(
            ({ fault }) =>
                at.includes(fault.at) && (fault.when ?? "before") === when && (fault.match?.(request) ?? true),
        );
        if (due === undefined) {
            return undefined;
        }
        due.left -= 1;
        if (due.left <= 0) {
            this.pending = this.pending.filter((other) => other !== due);
        }
        return due.fault.error;
    }

    clear(): void {
        this.pending = [];
    }
}
