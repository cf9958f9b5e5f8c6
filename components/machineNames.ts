import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../sources/metricSource";
import type { Site } from "./site";

/** The two state machines by name and ARN: known before they exist, since functions start them and are called by them. */
export class MachineNames {
    readonly live: string;
    readonly backfill: string;

    constructor(private readonly site: Site) {
        this.live = site.machineName("live");
        this.backfill = site.machineName("backfill");
    }

    get liveArn(): pulumi.Output<string> {
        return this.site.machineArn(this.live);
    }

    get backfillArn(): pulumi.Output<string> {
        return this.site.machineArn(this.backfill);
    }

    /** Lets a function see whether the execution that holds a lease has ended. */
    get describeStatement(): Statement {
        return { sid: "SeeExecutions", actions: ["states:DescribeExecution"], resources: this.executions };
    }

    /** Lets a detector's life cycle start, find and stop executions. */
    get controlStatements(): readonly Statement[] {
        return [
            {
                sid: "ControlMachines",
                actions: ["states:ListExecutions", "states:StartExecution"],
                resources: [this.liveArn, this.backfillArn],
            },
            {
                sid: "ControlExecutions",
                actions: ["states:DescribeExecution", "states:StopExecution"],
                resources: this.executions,
            },
        ];
    }

    /** Lets the backfill machine start its own next run. */
    get startBackfillStatement(): Statement {
        return { sid: "StartNext", actions: ["states:StartExecution"], resources: [this.backfillArn] };
    }

    /** Lets a tick start a backfill again, once it has seen that none is running. */
    get retryBackfillStatement(): Statement {
        return {
            sid: "RetryBackfill",
            actions: ["states:ListExecutions", "states:StartExecution"],
            resources: [this.backfillArn],
        };
    }

    private get executions(): pulumi.Output<string>[] {
        return [this.site.executionsArn(this.live), this.site.executionsArn(this.backfill)];
    }
}
