/* Draws the charts of a page with uPlot: `data-chart` elements, whose numbers and words the server
   wrote. Nothing is computed here but pixels. Without this script the table below a chart tells the
   same. Straight lines only: a curve would invent values between two buckets. */
"use strict";
(() => {
  const drawn = new Map();
  const media = matchMedia("(prefers-color-scheme: dark)");

  const colour = (name, box) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    box.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };

  const faint = (shade, share) => shade.replace(/\s*(?:\/[^)]*)?\)$/, ` / ${share})`);

  const units = (box) => {
    const { unit, lang } = box.dataset;
    const how = unit === "%" ? { maximumFractionDigits: 1 } : { style: "currency", currency: unit };
    const exact = new Intl.NumberFormat(lang, how);
    const brief = new Intl.NumberFormat(lang, { ...how, maximumFractionDigits: 0, minimumFractionDigits: 0 });
    const after = unit === "%" ? "\u202f%" : "";
    return {
      axis: (value) => (Number.isInteger(value) ? brief : exact).format(value) + after,
      exact: (value) => exact.format(value) + after,
    };
  };

  const given = (box) => ({
    labels: JSON.parse(box.dataset.labels),
    series: JSON.parse(box.dataset.series),
    names: JSON.parse(box.dataset.names),
  });

  const shaded = (shade) => (plot) => {
    const { top, height } = plot.bbox;
    const fade = plot.ctx.createLinearGradient(0, top, 0, top + height);
    fade.addColorStop(0, faint(shade, 0.24));
    fade.addColorStop(1, faint(shade, 0));
    return fade;
  };

  /* What stands at the pointer, in words. */
  const tip = (box) => {
    const label = document.createElement("div");
    label.className = "chart-tip";
    label.hidden = true;
    return {
      hooks: {
        init: (plot) => plot.over.append(label),
        setCursor: (plot) => {
          const { idx, left } = plot.cursor;
          label.hidden = idx === null || idx === undefined || left < 0;
          if (label.hidden) return;
          const { labels, series, names } = given(box);
          const say = units(box).exact;
          const range = names.length === 3
            ? series[1][idx] === null ? [] : [`${names[2]} ${say(series[1][idx])}–${say(series[2][idx])}`]
            : [];
          const lines = series
            .map((values, place) => names[place] && (names.length < 3 || place === 0) && values[idx] !== null
              ? `${names[place]} ${say(values[idx])}` : "")
            .filter(Boolean);
          label.textContent = [labels[idx], ...lines, ...range].join("\n");
          const room = plot.over.clientWidth - label.offsetWidth;
          label.style.transform = `translate(${Math.max(0, Math.min(left + 12, room))}px, 4px)`;
        },
      },
    };
  };

  const lines = {
    volume: (box) => {
      const now = colour("--c1", box);
      return {
        series: [
          {},
          { stroke: now, width: 2.25, fill: shaded(now), points: { show: false } },
          { stroke: colour("--soft", box), width: 1.5, dash: [4, 4], points: { show: false } },
        ],
      };
    },
    rates: (box) => {
      const bad = colour("--c3", box);
      /* A dot marks an hour above what is usual, and one that no line reaches. */
      const dotted = () => {
        const [values, , highs] = given(box).series;
        const alone = (place) => (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;
        return values.flatMap((value, place) => {
          if (value === null) return [];
          const unusual = highs[place] !== null && value > highs[place];
          return unusual || alone(place) ? [place] : [];
        });
      };
      const edge = { stroke: "transparent", points: { show: false }, spanGaps: true };
      return {
        series: [
          {},
          { stroke: bad, width: 2, points: { show: true, size: 8, fill: bad, filter: dotted } },
          edge,
          { ...edge },
        ],
        bands: [{ series: [3, 2], fill: faint(bad, 0.14) }],
      };
    },
  };

  const every = (labels, width) => Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(width / 74))));

  const options = (box, labels) => {
    const quiet = colour("--soft", box);
    const font = `500 11px Inter, system-ui, sans-serif`;
    const { axis } = units(box);
    const width = box.clientWidth;
    const step = every(labels, width);
    const range = (plot, low, high) => [0, high > 0 ? high * 1.08 : 1];
    return {
      width,
      height: box.clientHeight,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: false }, y: { range } },
      axes: [
        {
          stroke: quiet, font, gap: 8, size: 30, grid: { show: false }, ticks: { show: false },
          splits: () => labels.map((_, place) => place).filter((place) => place % step === 0),
          values: (plot, places) => places.map((place) => labels[place]),
        },
        {
          stroke: quiet, font, gap: 8, ticks: { show: false }, space: 44,
          grid: { stroke: colour("--line", box), width: 1 },
          size: (plot, values) => 18 + 7 * Math.max(3, ...(values ?? []).map((text) => text.length)),
          values: (plot, values) => values.map(axis),
        },
      ],
      plugins: [tip(box)],
      ...lines[box.dataset.chart](box),
    };
  };

  const data = ({ labels, series }) => [labels.map((_, place) => place), ...series];

  const draw = (box) => {
    const old = drawn.get(box);
    const what = given(box);
    if (old) old.destroy();
    drawn.set(box, new uPlot(options(box, what.labels), data(what), box));
  };

  const all = () => {
    for (const [box, plot] of drawn) {
      if (box.isConnected) continue;
      plot.destroy();
      drawn.delete(box);
    }
    document.querySelectorAll("[data-chart]").forEach(draw);
  };

  let waiting = 0;
  const later = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(all);
  };
  all();
  document.fonts.ready.then(later);
  document.addEventListener("live:fresh", later);
  media.addEventListener("change", later);
  addEventListener("resize", later);
})();
