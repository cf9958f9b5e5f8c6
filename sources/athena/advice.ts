import type { Problem } from "../../errors";
import type { ExtractionSpec } from "../../pipeline/records";
import { scanAdvice } from "../sql/scanAdvice";

/** What works and costs far more than it has to. */
export const adviseOn = (spec: ExtractionSpec): Problem[] =>
    scanAdvice(spec, {
        database: "Athena",
        condition: "where dt between date_format({{start}}, '%Y-%m-%d') and date_format({{end}}, '%Y-%m-%d')",
    });
