import { z } from "zod";
import { arn, dimensionValue, isUnique, measureName, name } from "./members";

/* Whom an alert tells of what, as requests say it. */

const topicArn = arn.regex(/^arn:[a-z\d-]+:sns:[^:]*:\d{12}:[a-zA-Z0-9\-_.]+$/);
const functionArn = arn.regex(/^arn:[a-z\d-]+:lambda:[^:]*:\d{12}:function:[a-zA-Z0-9\-_]+(:[a-zA-Z0-9\-_$]+)?$/);

/** Exactly one target. The role may be left out where the target is the stack's own. */
export const alertAction = z
    .strictObject({
        SNSConfiguration: z
            .strictObject({
                RoleArn: arn.optional(),
                SnsTopicArn: topicArn,
                SnsFormat: z.enum(["LONG_TEXT", "SHORT_TEXT", "JSON"]).optional(),
            })
            .optional(),
        LambdaConfiguration: z.strictObject({ RoleArn: arn.optional(), LambdaArn: functionArn }).optional(),
    })
    .refine((action) => Object.keys(action).length === 1, "must have exactly one target");
export type AlertAction = z.output<typeof alertAction>;

export const alertFilters = z.strictObject({
    MetricList: z.array(measureName).min(1).max(5).optional(),
    DimensionFilterList: z
        .array(
            z.strictObject({
                DimensionName: name,
                DimensionValueList: z.array(dimensionValue).min(1).max(10),
            }),
        )
        .min(1)
        .max(5)
        .refine(
            isUnique((item: { DimensionName: string }) => item.DimensionName),
            "names a dimension twice",
        )
        .optional(),
});
export type AlertFilters = z.output<typeof alertFilters>;
