/** How long ago something was. The text alone changes as time goes by: nothing is drawn again. */
import { computed, signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { language } from '../text/language.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const TICK_MS = 20_000;

const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), TICK_MS);

export function Time({ at }: { readonly at: string }) {
  const text = useMemo(() => computed(() => relative(Date.parse(at))), [at]);
  return (
    <time dateTime={at} title={exactTime(at)}>
      {text}
    </time>
  );
}

export const dateText = (at: string): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium' }).format(Date.parse(at));
export const exactTime = (at: string): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'full', timeStyle: 'short' }).format(Date.parse(at));

/** As fields of date and time have it: without an offset, on this device's clock. */
export function fieldTime(atMs: number): string {
  const minutesBehind = new Date(atMs).getTimezoneOffset();
  return new Date(atMs - minutesBehind * MINUTE_MS).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length);
}

function relative(atMs: number): string {
  const minutes = Math.max(0, Math.round((now.value - atMs) / MINUTE_MS));
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto', style: 'narrow' });
  if (minutes < 1) return format.format(0, 'second');
  if (minutes < HOUR_MINUTES) return format.format(-minutes, 'minute');
  if (minutes < DAY_MINUTES) return format.format(-Math.round(minutes / HOUR_MINUTES), 'hour');
  if (minutes < WEEK_MINUTES) return format.format(-Math.round(minutes / DAY_MINUTES), 'day');
  return dateText(new Date(atMs).toISOString());
}
