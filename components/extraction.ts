import * as pulumi from "@pulumi/pulumi";
import { deployHalfOf, type SourceConfig } from "../sources/deploy";
import { ExtractionMachine, type ExtractionMachineTransform } from "./extractionMachine";
import { LambdaFunction, type LambdaFunctionTransform } from "./lambdaFunction";
import { backfillDefinition } from "./machines/backfill";
import { liveDefinition } from "./machines/live";
import { functionsByVpc, NetworkEndpoints, type NetworkEndpointsTransform } from "./networkEndpoints";
import {
    extractorsStatement,
    type PipelineFunction,
    pipelineFunctions,
    type PipelineSurroundings,
} from "./pipelineFunctions";
import { defaultTimeoutSeconds, networkedExtractor, Source, type SourceArgs } from "./source";

export interface ExtractionArgs extends PipelineSurroundings {
    /** The sources by their logical name. */
    sources: Readonly<Record<string, SourceConfig>>;
    /** What detectors are held to before their history is extracted; see `SourceArgs.limits`. */
    limits?: SourceArgs["limits"];
    /** Last word on each child resource; `source` is that of every source. */
    transform?: Partial<Record<PipelineFunction, LambdaFunctionTransform>> & {
        live?: ExtractionMachineTransform;
        backfill?: ExtractionMachineTransform;
        source?: SourceArgs["transform"];
        endpoints?: NetworkEndpointsTransform;
    };
}

/** Moves rows from every source into the bucket: the functions and the two state machines once, an extractor per source. */
export class Extraction extends pulumi.ComponentResource {
    /** Plans the live windows of every detector of an interval; called by the schedules. */
    public readonly planLive: LambdaFunction;
    /** What ends a window, and a run: their logs tell of each. */
    public readonly commitWindow: LambdaFunction;
    public readonly parkWindow: LambdaFunction;
    public readonly closeRun: LambdaFunction;
    /** Creates, changes and deletes detectors; called by their life cycle. */
    public readonly reconcileDetector: LambdaFunction;
    public readonly liveMachineArn: pulumi.Output<string>;
    public readonly backfillMachineArn: pulumi.Output<string>;
    /** The sources by their logical name. */
    public readonly sources: Readonly<Record<string, Source>>;
    /** What must exist for as long as a detector does, beside its source. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: ExtractionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:Extraction", name, {}, opts);
        const create = functionFactory(name, args, this);
        this.planLive = create("planLive");
        this.reconcileDetector = create("reconcileDetector");
        this.commitWindow = create("commitWindow");
        this.parkWindow = create("parkWindow");
        this.closeRun = create("closeRun");
        const { live, backfill } = this.createMachines(name, args, create);
        this.sources = this.createSources(name, args, create);
        this.liveMachineArn = live.machineArn;
        this.backfillMachineArn = backfill.machineArn;
        this.ready = [live.machine, backfill.machine, this.reconcileDetector.function];
        this.registerOutputs({ liveMachineArn: this.liveMachineArn, backfillMachineArn: this.backfillMachineArn });
    }

    private createMachines(name: string, args: ExtractionArgs, create: FunctionFactory) {
        const { site, machines, operations, transform } = args;
        const startTimeoutSeconds = slowestStart(Object.values(args.sources));
        const shared = {
            commitWindow: this.commitWindow,
            parkWindow: this.parkWindow,
            closeRun: this.closeRun,
            notify: operations.notify,
        };
        const live = new ExtractionMachine(
            `${name}-live`,
            {
                site,
                physicalName: machines.live,
                functions: shared,
                statements: [extractorsStatement(site)],
                define: (partition, functions) => liveDefinition({ partition, startTimeoutSeconds, ...functions }),
                transform: transform?.live,
            },
            { parent: this },
        );
        const backfill = new ExtractionMachine(
            `${name}-backfill`,
            {
                site,
                physicalName: machines.backfill,
                functions: {
                    ...shared,
                    planBackfill: create("planBackfill"),
                    activateDetector: create("activateDetector"),
                },
                statements: [extractorsStatement(site), machines.startBackfillStatement],
                define: (partition, functions) => backfillDefinition({ partition, startTimeoutSeconds, ...functions }),
                transform: transform?.backfill,
            },
            { parent: this },
        );
        return { live, backfill };
    }

    private createSources(name: string, args: ExtractionArgs, create: FunctionFactory): Record<string, Source> {
        const { site, bucket, sources, limits, transform } = args;
        const endpoints = this.createEndpoints(name, args);
        let attachSource: LambdaFunction | undefined;
        const entries = Object.entries(sources).map(([source, config]) => {
            const sourceArgs: SourceArgs = {
                site,
                bucket,
                source,
                config,
                limits,
                attachSource: () => (attachSource ??= create("attachSource")),
                endpoints: endpoints.get(source),
                transform: transform?.source,
            };
            return [source, new Source(`${name}-${source}`, sourceArgs, { parent: this })] as const;
        });
        return Object.fromEntries(entries);
    }

    /** The endpoints of each source that wants some, by its logical name: made once for each VPC. */
    private createEndpoints(name: string, { site, bucket, sources, transform }: ExtractionArgs) {
        const networked = Object.entries(sources).flatMap(
            ([source, config]) => networkedExtractor(site, source, config) ?? [],
        );
        const bySource = new Map<string, NetworkEndpoints>();
        for (const [vpcId, functions] of functionsByVpc(networked)) {
            const made = new NetworkEndpoints(
                `${name}-${vpcId}`,
                { site, bucket, vpcId, functions, transform: transform?.endpoints },
                { parent: this },
            );
            functions.forEach(({ source }) => bySource.set(source, made));
        }
        return bySource;
    }
}

type FunctionFactory = (part: PipelineFunction) => LambdaFunction;

function functionFactory(name: string, args: ExtractionArgs, parent: pulumi.Resource): FunctionFactory {
    const described = pipelineFunctions(args);
    const { logRetentionDays } = args.site;
    return (part) =>
        new LambdaFunction(
            `${name}-${kebab(part)}`,
            { ...described[part], logRetentionDays, transform: args.transform?.[part] },
            { parent },
        );
}

/** Seconds that the slowest of the extractors may take; each is held to its own timeout by its function. */
function slowestStart(configs: readonly SourceConfig[]): number {
    const seconds = configs.map((config) => deployHalfOf(config).needs?.(config).timeoutSeconds ?? 0);
    return Math.max(defaultTimeoutSeconds, ...seconds);
}

/** `planLive` as `plan-live`, as resource names are written. */
function kebab(name: string): string {
    return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
