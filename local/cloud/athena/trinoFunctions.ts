/** Patterns of Joda's as PostgreSQL's. */
const fromJoda = (pattern: string): string =>
    [
        ["dd", "DD"],
        ["HH", "HH24"],
        ["hh", "HH12"],
        ["mm", "MI"],
        ["ss", "SS"],
        ["''", '"'],
        ["'", '"'],
    ].reduce(
        (sql, [joda = "", postgres = ""]) => `replace(${sql}, '${joda.replaceAll("'", "''")}', '${postgres}')`,
        pattern,
    );

/** What Athena's engine has and PostgreSQL has not, in a schema of its own. */
export const trinoFunctions = `
create schema trino;
create domain trino.double as double precision;
create function trino.typeof(value anyelement) returns text language sql immutable as $$
    select case pg_typeof(value)::text
        when 'timestamp with time zone' then 'timestamp(3) with time zone'
        when 'timestamp without time zone' then 'timestamp(3)'
        when 'character varying' then 'varchar'
        when 'text' then 'varchar'
        when 'character' then 'char(1)'
        else pg_typeof(value)::text
    end $$;
create function trino.at_timezone(moment timestamptz, zone text) returns timestamp language sql immutable as
    $$ select moment at time zone zone $$;
-- Of an hour that a clock shows twice the engine takes the first, and PostgreSQL the second.
create function trino.with_timezone(wall timestamp, zone text) returns timestamptz language sql immutable as $$
    select case when ((wall at time zone zone) - interval '1 hour') at time zone zone = wall
        then (wall at time zone zone) - interval '1 hour' else wall at time zone zone end $$;
create function trino.from_iso8601_timestamp(value text) returns timestamptz language sql stable as
    $$ select value::timestamptz $$;
create function trino.from_unixtime(seconds double precision) returns timestamptz language sql immutable as
    $$ select to_timestamp(seconds) $$;
create function trino.parse_datetime(value text, pattern text) returns timestamptz language sql stable as
    $$ select to_timestamp(value, ${fromJoda("pattern")}) $$;
create function trino.format_datetime(moment timestamp, pattern text) returns text language sql immutable as
    $$ select to_char(moment, ${fromJoda("pattern")}) $$;
create function trino.date_format(moment timestamp, pattern text) returns text language sql immutable as $$
    select to_char(moment, replace(replace(replace(replace(replace(replace(pattern,
        '%Y', 'YYYY'), '%m', 'MM'), '%d', 'DD'), '%H', 'HH24'), '%i', 'MI'), '%s', 'SS')) $$;
`;

/** How a session behaves: UTC, literals as in standard SQL. */
export const trinoSession = `
set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set standard_conforming_strings = on;
`;
