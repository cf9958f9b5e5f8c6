/** A stack file of one warehouse and detectors that watch what the sample's does, under these names. */
export function stackText(names: readonly string[]): string {
    const detector = (name: string): string => `    ${name}:
      source: warehouse
      interval: PT1H
      query: select 1 as views
      timestamp: { column: timestamp }
      dimensions: ${name === "orders" ? "[country]" : "[platform, marketplace]"}
      measures: [{ name: views, aggregation: SUM }, { name: revenue, aggregation: SUM }]
`;
    return `config:
  lookout:sources:
    warehouse: { type: redshift, secret: some-secret }
  lookout:detectors:
${names.map(detector).join("")}`;
}
