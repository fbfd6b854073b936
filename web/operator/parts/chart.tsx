/** A chart over time. The library that draws it is loaded with the first one. */
import { useEffect, useRef } from 'preact/hooks';
import type { AlignedData, Options } from 'uplot';
import { language } from '../../text/language.ts';
import { numberText } from './format.ts';

const HEIGHT_PX = 160;
const AXIS_PX = 56;
const X_AXIS_PX = 28;
const SECOND_MS = 1_000;
/** Of a chart that has just begun. */
const SHOWN_MIN_SECONDS = 5 * 60;

type Series = { readonly label: string; readonly values: readonly (number | null)[] };
type ChartProps = {
  readonly title: string;
  /** In milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** Whether a time is a day. */
  readonly isByDay?: boolean;
};

export function Chart({ title, times, series, isByDay = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const draw = useRef<((data: AlignedData) => void) | undefined>(undefined);
  const latest = useRef<AlignedData>([[]]);
  latest.current = [times.map((at) => at / SECOND_MS), ...series.map(({ values }) => [...values])];
  const labels = series.map(({ label }) => label).join('\n');
  useEffect(() => {
    const gone = new AbortController();
    void begin({ place: place.current, labels: labels.split('\n'), isByDay, data: () => latest.current, gone: gone.signal }).then(
      (drawing) => (draw.current = drawing),
    );
    return () => {
      draw.current = undefined;
      gone.abort();
    };
  }, [labels, isByDay, language.value]);
  useEffect(() => draw.current?.(latest.current));
  const last = series.map(({ label, values }) => `${label}: ${numberText(values.at(-1) ?? 0, 1)}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <span class="legend">
          {series.map(({ label, values }, i) => (
            <span key={label} class={`legend-${i + 1}`}>
              {label} <b>{numberText(values.at(-1) ?? 0, 1)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${title}. ${last}`} />
    </figure>
  );
}

type Beginning = {
  readonly place: HTMLDivElement | null;
  readonly labels: readonly string[];
  readonly isByDay: boolean;
  readonly data: () => AlignedData;
  readonly gone: AbortSignal;
};

/** Answers what draws newer data. Drawn anew where the place gets another width, or the colours change. */
async function begin({ place, labels, isByDay, data, gone }: Beginning): Promise<((data: AlignedData) => void) | undefined> {
  const { default: UPlot } = await import('uplot');
  if (place === null || gone.aborted) return undefined;
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  let plot: InstanceType<typeof UPlot> | undefined;
  const redraw = () => {
    plot?.destroy();
    plot = new UPlot(optionsOf({ place, labels, isByDay }), data(), place);
  };
  redraw();
  const resizing = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT_PX }));
  resizing.observe(place);
  scheme.addEventListener('change', redraw, { signal: gone });
  gone.addEventListener('abort', () => {
    resizing.disconnect();
    plot?.destroy();
  });
  return (newer) => plot?.setData(newer);
}

function optionsOf({ place, labels, isByDay }: { readonly place: HTMLDivElement; readonly labels: readonly string[]; readonly isByDay: boolean }): Options {
  // A canvas knows no `light-dark`: colours are asked of elements that have them.
  const { color, borderTopColor } = getComputedStyle(place);
  const colours = Array.from(place.closest('figure')?.querySelectorAll('.legend > span') ?? [], (entry) => getComputedStyle(entry).color);
  const axis = { stroke: color, grid: { stroke: borderTopColor, width: 1 }, ticks: { show: false } };
  const rangeOf = (first: number | null, last: number | null): [number, number] => {
    // Before anything was read there is no first.
    const from = first !== null && first > 0 && Number.isFinite(first) ? first : Date.now() / SECOND_MS;
    return [from, Math.max(last ?? 0, from + (isByDay ? 1 : SHOWN_MIN_SECONDS))];
  };
  const timeText = new Intl.DateTimeFormat(language.value, isByDay ? { month: 'short', day: 'numeric', timeZone: 'UTC' } : { timeStyle: 'short' });
  return {
    width: place.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, first, last) => rangeOf(first, last) },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, size: X_AXIS_PX, space: 80, values: (_plot, ticks) => ticks.map((at) => timeText.format(at * SECOND_MS)) },
      { ...axis, size: AXIS_PX, values: (_plot, ticks) => ticks.map((tick) => numberText(tick, 1)) },
    ],
    series: [{}, ...labels.map((label, i) => ({ label, width: 2, stroke: colours[i] ?? color, points: { show: false } }))],
  };
}
