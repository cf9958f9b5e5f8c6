/* Draws the report's charts in the browser. Reads the data that the page carries; asks nothing of the network. */
/* global uPlot */
"use strict";

(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const plots = [];
    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
    // Per distance of the ticks, in seconds: the text of each tick, then the text under the first tick of a new day.
    const [day, hour] = [86400, 3600];
    const timeFormats = [
        [day, "{D} {MMM}", null, null, null, null, null, null, 1],
        [hour, "{HH}:{mm}", null, null, "\n{D} {MMM}", null, null, null, 1],
        [1, "{HH}:{mm}", null, null, "\n{D} {MMM}", null, null, null, 1],
    ];
    const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");

    /** Shades what was injected behind the lines, and marks what was found along the lower edge. */
    function marks({ truth, found }) {
        const span = (plot, [from, to]) => {
            const left = Math.max(plot.valToPos(from, "x", true), plot.bbox.left);
            const right = Math.min(plot.valToPos(to, "x", true), plot.bbox.left + plot.bbox.width);
            return right > left ? [left, right - left] : undefined;
        };
        const each = (plot, spans, paint) => {
            for (const place of spans.map((entry) => span(plot, entry)).filter(Boolean)) {
                paint(plot.ctx, ...place, plot.bbox);
            }
        };
        return {
            hooks: {
                drawClear: (plot) =>
                    each(plot, truth, (ctx, left, width, box) => {
                        ctx.fillStyle = color("--truth");
                        ctx.fillRect(left, box.top, width, box.height);
                        ctx.fillStyle = color("--truth-edge");
                        ctx.fillRect(left, box.top, devicePixelRatio, box.height);
                        ctx.fillRect(left + width - devicePixelRatio, box.top, devicePixelRatio, box.height);
                    }),
                draw: (plot) =>
                    each(plot, found, (ctx, left, width, box) => {
                        const height = 4 * devicePixelRatio;
                        ctx.fillStyle = color("--found");
                        ctx.fillRect(left, box.top + box.height - height, width, height);
                    }),
            },
        };
    }

    /** Shows the numbers under the pointer. */
    function tip(host) {
        const box = document.createElement("div");
        box.className = "tip";
        box.hidden = true;
        host.append(box);
        const text = (value) => (value === null || value === undefined ? "–" : number.format(value));
        return {
            hooks: {
                setCursor: (plot) => {
                    const { idx, left, top } = plot.cursor;
                    box.hidden = idx === null || idx === undefined || left < 0;
                    if (box.hidden) {
                        return;
                    }
                    const [times, values, expected, lower, upper] = plot.data;
                    box.innerText = [
                        `${clock(times[idx])} UTC`,
                        `actual ${text(values[idx])}`,
                        `expected ${text(expected[idx])} (${text(lower[idx])} to ${text(upper[idx])})`,
                    ].join("\n");
                    const flip = left > plot.over.clientWidth / 2;
                    box.style.left = `${plot.over.offsetLeft + left + (flip ? -box.offsetWidth - 14 : 14)}px`;
                    box.style.top = `${Math.max(0, Math.min(top, host.clientHeight - box.offsetHeight - 30))}px`;
                },
            },
        };
    }

    function draw(host) {
        const chart = data.charts[host.dataset.chart];
        const axis = {
            stroke: () => color("--soft"),
            grid: { stroke: () => color("--grid"), width: 1 },
            ticks: { show: false },
            font: "12px system-ui, sans-serif",
        };
        const edge = { stroke: "transparent", width: 0, points: { show: false } };
        const plot = new uPlot(
            {
                width: host.clientWidth,
                height: host.clientHeight,
                tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
                legend: { show: false },
                cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
                scales: { y: { range: (_plot, low, high) => [Math.min(0, low), high === 0 ? 1 : high * 1.08] } },
                axes: [
                    { ...axis, grid: { show: false }, values: timeFormats },
                    { ...axis, size: 56, values: (_plot, ticks) => ticks.map((tick) => number.format(tick)) },
                ],
                series: [
                    {},
                    { stroke: () => color("--value"), width: 2, points: { show: false } },
                    { stroke: () => color("--expected"), width: 1.5, dash: [5, 4], points: { show: false } },
                    edge,
                    edge,
                ],
                bands: [{ series: [4, 3], fill: () => color("--band") }],
                plugins: [marks(chart), tip(host)],
            },
            [chart.time, chart.value, chart.expected, chart.lower, chart.upper],
            host,
        );
        plots.push({ plot, host });
    }

    const seen = new IntersectionObserver(
        (entries) => {
            for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
                seen.unobserve(target);
                draw(target);
            }
        },
        { rootMargin: "400px" },
    );
    document.querySelectorAll(".chart").forEach((host) => seen.observe(host));

    const redraw = () => plots.forEach(({ plot }) => plot.redraw(false));
    addEventListener("resize", () =>
        plots
            .filter(({ host }) => host.clientWidth > 0)
            .forEach(({ plot, host }) => plot.setSize({ width: host.clientWidth, height: host.clientHeight })),
    );
    const systemDark = matchMedia("(prefers-color-scheme: dark)");
    systemDark.addEventListener("change", redraw);

    document.getElementById("theme").addEventListener("click", () => {
        const { dataset } = document.documentElement;
        const dark = dataset.theme === undefined ? systemDark.matches : dataset.theme === "dark";
        dataset.theme = dark ? "light" : "dark";
        redraw();
    });

    const filters = [...document.querySelectorAll("[data-measure-filter]")];
    filters.forEach((button) =>
        button.addEventListener("click", () => {
            const wanted = button.dataset.measureFilter;
            filters.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
            document.querySelectorAll("[data-measure]").forEach((element) => {
                element.hidden = wanted !== "" && element.dataset.measure !== wanted;
            });
        }),
    );
})();
