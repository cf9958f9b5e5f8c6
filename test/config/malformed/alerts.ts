import { alerts, lambda, type Malformed, sns } from "../parsing";

/** Mistakes in a detector's alerts. */
export const malformedAlerts: readonly Malformed[] = [
    [
        "a misspelled key deep inside",
        alerts({ threshold: 70, sns, measure: ["revenue"] }),
        "lookout:detectors.orders.alerts.oncall.measure",
        /nearest is measures/,
        /write measures/,
    ],
    [
        "a threshold above 100",
        alerts({ threshold: 101, sns }),
        "lookout:detectors.orders.alerts.oncall.threshold",
        "101 is not a severity; expected a whole number from 0 to 100",
        "pulumi config set --path 'lookout:detectors.orders.alerts.oncall.threshold' 70",
    ],
    [
        "a fraction as threshold",
        alerts({ threshold: 12.5, sns }),
        "lookout:detectors.orders.alerts.oncall.threshold",
        /^12\.5 is not a severity/,
        /./,
    ],
    [
        "an alert that tells nobody",
        alerts({ threshold: 70 }),
        "lookout:detectors.orders.alerts.oncall",
        /^has no target; expected sns or lambda/,
        /alerts\.oncall\.sns'/,
    ],
    [
        "an alert with two targets",
        alerts({ threshold: 70, sns, lambda }),
        "lookout:detectors.orders.alerts.oncall",
        /^has both sns and lambda/,
        /./,
    ],
    [
        "a target that is no ARN",
        alerts({ threshold: 70, sns: "oncall" }),
        "lookout:detectors.orders.alerts.oncall.sns",
        /^"oncall" is not the ARN of an SNS topic; expected such as arn:aws:sns:/,
        /./,
    ],
    [
        "an unknown message format",
        alerts({ threshold: 70, sns, format: "HTML" }),
        "lookout:detectors.orders.alerts.oncall.format",
        '"HTML" is not a message format; expected JSON, LONG_TEXT or SHORT_TEXT',
        /JSON$/,
    ],
    [
        "a message format for a function",
        alerts({ threshold: 70, lambda, format: "JSON" }),
        "lookout:detectors.orders.alerts.oncall.format",
        /beside lambda/,
        "remove format",
    ],
    [
        "an alert for a measure that the detector does not have",
        alerts({ threshold: 70, sns, measures: ["revenu"] }),
        "lookout:detectors.orders.alerts.oncall.measures[0]",
        '"revenu" is not a measure of this detector; expected one of revenue, views',
        /write revenue/,
    ],
    [
        "an alert for a dimension that the detector does not have",
        alerts({ threshold: 70, sns, dimensions: { market: ["us"] } }),
        "lookout:detectors.orders.alerts.oncall.dimensions.market",
        '"market" is not a dimension of this detector; expected one of platform',
        /write platform/,
    ],
];
