import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { extractionSpec } from "../config/extractionSpec";
import type { DetectorConfig } from "../config/schema";
import type { SourceConfig } from "../sources/deploy";
import type { DetectionService } from "./detectionService";
import type { Extraction } from "./extraction";
import type { MetricBucket } from "./metricBucket";
import type { Operations } from "./operations";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

export interface DetectorArgs {
    site: Site;
    detector: DetectorConfig;
    /** Configuration of the detector's source. */
    source: SourceConfig;
    /** Whether deleting the detector leaves its data in the bucket. */
    keepData: boolean;
    bucket: MetricBucket;
    extraction: Extraction;
    detection: DetectionService;
    operations: Operations;
    /** Last word on each child resource. */
    transform?: { lifecycle?: Transform<aws.lambda.InvocationArgs> };
}

/**
 * One detector's life cycle: a function is called when it comes, changes and goes, and makes the detection service agree. Its
 * result is not used: a failed update leaves the new input in the state, so only the input can be trusted.
 */
export class Detector extends pulumi.ComponentResource {
    public readonly detectorArn: pulumi.Output<string>;
    /** What must exist for as long as anybody plans windows for the detector. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: DetectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:Detector", name, {}, opts);
        const { site, detector, bucket, extraction, detection, operations } = args;
        const source = extraction.sources[detector.source];
        if (source === undefined) {
            throw new Error(`Detector ${name} reads from the source ${detector.source}, which was not created.`);
        }
        const detectorName = detector.detectorName ?? site.detectorName(name);
        const lifecycle = new aws.lambda.Invocation(
            ...transformed(
                args.transform?.lifecycle,
                `${name}-lifecycle`,
                {
                    functionName: extraction.reconcileDetector.functionName,
                    lifecycleScope: "CRUD",
                    input: pulumi.jsonStringify(detectorRequest(args, detectorName, source.extractor.functionName)),
                },
                {
                    parent: this,
                    // The other order would delete the new detector, which has the name of the old.
                    deleteBeforeReplace: true,
                    // Needed to create it, and still there when it is deleted.
                    dependsOn: [
                        ...bucket.ready,
                        ...operations.ready,
                        ...detection.ready,
                        ...extraction.ready,
                        ...source.ready,
                    ],
                },
            ),
        );
        this.detectorArn = site.detectorArn(detectorName);
        this.ready = [lifecycle];
        this.registerOutputs({ detectorArn: this.detectorArn });
    }
}

/**
 * What `functions/reconcileDetector.ts` is called with. It lies in the stack's state in clear text: references and the query's
 * text only.
 */
function detectorRequest(
    { site, detector, source, keepData }: DetectorArgs,
    detectorName: string,
    extractor: pulumi.Output<string>,
) {
    const { name, description, offsetSeconds, latenessSeconds, alerts, options } = detector;
    return {
        name,
        detectorName,
        owner: site.stackUrn,
        description,
        offsetSeconds,
        latenessSeconds,
        extractor,
        maxConcurrentStatements: source.maxConcurrentStatements,
        spec: extractionSpec(detector, source),
        alerts,
        options,
        keepData,
    };
}
