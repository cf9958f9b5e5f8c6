import type { BackfillFunctions } from "../../../components/machines/backfill";

const callee = (name: string, timeoutSeconds: number) => ({
    arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    timeoutSeconds,
});

/** Functions as the definitions are given them. */
export const functions: BackfillFunctions = {
    partition: "aws",
    startTimeoutSeconds: 60,
    planBackfill: callee("planBackfill", 300),
    commitWindow: callee("commitWindow", 900),
    parkWindow: callee("parkWindow", 60),
    closeRun: callee("closeRun", 300),
    activateDetector: callee("activateDetector", 300),
    notify: callee("notify", 30),
};
