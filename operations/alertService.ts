import {
    type Action,
    type Alert,
    type AlertFilters,
    type AlertSummary,
    CreateAlertCommand,
    DeleteAlertCommand,
    DescribeAlertCommand,
    type LookoutMetricsClient,
    paginateListAlerts,
    UpdateAlertCommand,
} from "@aws-sdk/client-lookoutmetrics";
import type { WantedAlert } from "../pipeline/detectorAlerts";

/** Tag that names the stack to which a detector or an alert belongs. */
export const ownerTag = "lookout:owner";

/** What an alert does, in words that two of them can be compared by. */
export interface AlertShape {
    readonly threshold: number;
    readonly action: Action;
    readonly filters: AlertFilters;
}

/** An alert as the detection service has it. */
export interface AlertState {
    readonly arn: string;
    readonly name: string;
    /** The owner that its tag names. */
    readonly owner: string | undefined;
    readonly shape: AlertShape;
}

/** The alerts of the detection service. Errors keep the names that the API gives them. */
export interface AlertService {
    /** All alerts of a detector. */
    of(detectorArn: string): Promise<AlertState[]>;
    create(detectorArn: string, alert: { name: string; owner: string; shape: AlertShape }): Promise<void>;
    update(arn: string, shape: AlertShape): Promise<void>;
    /** Deletes an alert; one that is gone is passed over in silence. */
    delete(arn: string): Promise<void>;
}

export function openAlertService(api: LookoutMetricsClient): AlertService {
    return {
        of: async (detectorArn) => {
            const found: AlertState[] = [];
            for await (const page of paginateListAlerts({ client: api }, { AnomalyDetectorArn: detectorArn }))
                for (const summary of page.AlertSummaryList ?? []) {
                    const { Alert: alert } = await api.send(new DescribeAlertCommand({ AlertArn: summary.AlertArn }));
                    found.push(stateOf(summary, alert));
                }
            return found;
        },
        create: async (detectorArn, { name, owner, shape }) => {
            const tagged = { AlertName: name, AnomalyDetectorArn: detectorArn, Tags: { [ownerTag]: owner } };
            await api.send(new CreateAlertCommand({ ...tagged, ...membersOf(shape) }));
        },
        update: async (arn, shape) => {
            await api.send(new UpdateAlertCommand({ AlertArn: arn, ...membersOf(shape) }));
        },
        delete: async (arn) => {
            await api.send(new DeleteAlertCommand({ AlertArn: arn })).catch((error: unknown) => {
                if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
            });
        },
    };
}

/** What an alert of the configuration does. */
export function shapeOf({ threshold, sns, lambda, role, format, measures, dimensions }: WantedAlert): AlertShape {
    const RoleArn = role;
    return {
        threshold,
        action:
            sns === undefined
                ? { LambdaConfiguration: { RoleArn, LambdaArn: lambda } }
                : { SNSConfiguration: { RoleArn, SnsTopicArn: sns, SnsFormat: format ?? "JSON" } },
        filters: {
            ...(measures.length === 0 ? {} : { MetricList: measures }),
            ...(Object.keys(dimensions).length === 0
                ? {}
                : {
                      DimensionFilterList: Object.entries(dimensions).map(([DimensionName, DimensionValueList]) => ({
                          DimensionName,
                          DimensionValueList,
                      })),
                  }),
        },
    };
}

/** Whether two alerts do the same, whatever order their filters are listed in. */
export function isSameShape(one: AlertShape, other: AlertShape): boolean {
    return textOf(one) === textOf(other);
}

function textOf({ threshold, action, filters }: AlertShape): string {
    const { SNSConfiguration: sns, LambdaConfiguration: lambda } = action;
    const dimensions = (filters.DimensionFilterList ?? []).map(
        ({ DimensionName, DimensionValueList = [] }) => [DimensionName, [...DimensionValueList].sort()] as const,
    );
    return JSON.stringify([
        threshold,
        [sns?.SnsTopicArn ?? null, sns?.SnsFormat ?? null, lambda?.LambdaArn ?? null],
        sns?.RoleArn ?? lambda?.RoleArn ?? null,
        [...(filters.MetricList ?? [])].sort(),
        dimensions.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    ]);
}

const membersOf = ({ threshold, action, filters }: AlertShape) => ({
    AlertSensitivityThreshold: threshold,
    Action: action,
    AlertFilters: filters,
});

const stateOf = ({ AlertArn = "", AlertName = "", Tags }: AlertSummary, alert: Alert | undefined): AlertState => ({
    arn: AlertArn,
    name: AlertName,
    owner: Tags?.[ownerTag],
    shape: {
        threshold: alert?.AlertSensitivityThreshold ?? 0,
        action: alert?.Action ?? {},
        filters: alert?.AlertFilters ?? {},
    },
});
