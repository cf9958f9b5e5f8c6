import assert from "node:assert/strict";
import { accessText, targetsOf } from "../../config/access";
import { parseConfig } from "../../config/parse";
import { ConfigError } from "../../errors";
import { type RawMap, smallConfig } from "../support/rawConfig";

const role = (i: number): string => `arn:aws:iam::123456789012:role/lookout-reader-of-somebody-${i}`;
const topic = (i: number): string => `arn:aws:sns:us-east-1:123456789012:oncall-of-some-team-${i}`;
const times = <Value>(count: number, make: (i: number) => Value): Value[] =>
    Array.from({ length: count }, (_, i) => make(i));

/** Roles, and detectors with one alert each. */
function configOf(roles: number, topics: number, more: RawMap = {}): RawMap {
    const raw = smallConfig();
    const { orders } = raw.detectors;
    const detectors = times(Math.max(1, topics), (i) => [
        `orders${i}`,
        { ...orders, alerts: i < topics ? { oncall: { threshold: 70, sns: topic(i) } } : {} },
    ]);
    const detection = { allowedRoles: times(roles, role), ...more };
    return { ...raw, detectors: Object.fromEntries(detectors) as RawMap, detection };
}

const parse = (raw: RawMap) => parseConfig(raw, () => assert.fail("no file is read"));

describe("config/access", () => {
    it("takes what the functions' environment has room for", () => {
        const { detection, detectors } = parse(configOf(20, 20));
        const targets = targetsOf(Object.values(detectors).flatMap(({ alerts }) => Object.values(alerts)));
        const text = accessText(detection.allowedRoles, targets);
        assert.ok(Buffer.byteLength(text) <= 3000);
        assert.deepEqual(JSON.parse(text), { roles: times(20, role), targets: times(20, topic).sort() });
    });

    it("refuses more at preview, naming the key, the size and the bound", () => {
        const problemOf = (raw: RawMap) => {
            try {
                parse(raw);
            } catch (error) {
                assert.ok(error instanceof ConfigError);
                return error.message;
            }
            return assert.fail("was taken");
        };
        assert.match(
            problemOf(configOf(30, 30)),
            /lookout:detection.allowedRoles: and the targets of all alerts make a list of 3\d{3} bytes \(30 roles, 30 targets\); expected at most 3000/,
        );
        assert.match(problemOf(configOf(60, 0)), /\(60 roles, 0 targets\)/);
    });

    it("leaves it to a service elsewhere what that may reach", () => {
        assert.equal(
            parse(configOf(60, 0, { endpoint: "https://lookout.example.com" })).detection.allowedRoles.length,
            60,
        );
    });

    it("counts each target once, and none that is told with a role", () => {
        const sns = topic(1);
        const alert = { threshold: 70, measures: [], dimensions: {} };
        assert.deepEqual(
            targetsOf([
                { ...alert, sns },
                { ...alert, sns },
                { ...alert, sns: topic(2), role: role(1) },
            ]),
            {
                topics: [sns],
                functions: [],
            },
        );
    });
});
