/** Minutes of the hour at which a cron expression such as `cron(2/5 * * * ? *)` fires. */
export function scheduleMinutes(expression: string): number[] {
    const field = /^cron\((\S+) \* \* \* \? \*\)$/.exec(expression)?.[1];
    if (field === undefined) {
        throw new Error(`${expression} does not fire every hour`);
    }
    const [start, step] = field.split("/").map(Number);
    return step === undefined
        ? field.split(",").map(Number)
        : Array.from({ length: Math.ceil((60 - start!) / step) }, (_, index) => start! + index * step);
}
