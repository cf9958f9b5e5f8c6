/** Resolves when the process is asked to end. Asked once more, it ends at once. */
export async function untilStopped(target: NodeJS.Process): Promise<void> {
    await new Promise<void>((resolve) => {
        const signals = ["SIGINT", "SIGTERM"] as const;
        const first = (): void => {
            for (const signal of signals) {
                target.off(signal, first);
                target.on(signal, () => target.exit(130));
            }
            resolve();
        };
        for (const signal of signals) target.on(signal, first);
    });
}
