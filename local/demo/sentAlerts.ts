import type { Context } from "./context";

/** How often a target of the stack's alerts was told. */
export interface SentAlerts {
    /** ARN of a topic or a function. */
    readonly target: string;
    readonly messages: number;
}

/** What was sent to others than the operators, by target in the order of the first message. */
export function sentAlerts({ cloud, outputs }: Pick<Context, "cloud" | "outputs">): SentAlerts[] {
    const counts = new Map<string, number>();
    for (const { topicArn } of cloud.topics.messages())
        if (topicArn !== outputs.operationsTopicArn) counts.set(topicArn, (counts.get(topicArn) ?? 0) + 1);
    return [...counts].map(([target, messages]) => ({ target, messages }));
}
