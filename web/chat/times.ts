/** Moments as chat shows them: the time of day beside a message, the day between them. */
import { language } from '../text/language.ts';
import { t } from '../text/text.ts';

const DAY_MS = 86_400_000;

/** Making a format costs far more than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${JSON.stringify(options)}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(language.value, options);
  formats.set(key, made);
  return made;
}

export const clockText = (at: string): string => format({ timeStyle: 'short' }).format(Date.parse(at));
export const exactText = (at: string): string => format({ dateStyle: 'full', timeStyle: 'short' }).format(Date.parse(at));
export const momentText = (at: string): string => format({ dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(at));

export function dayText(at: string): string {
  const day = new Date(at).toDateString();
  if (day === new Date().toDateString()) return t('chat.today');
  if (day === new Date(Date.now() - DAY_MS).toDateString()) return t('chat.yesterday');
  const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
  return format({ weekday: 'long', day: 'numeric', month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) }).format(Date.parse(at));
}

/** As fields of date and time take it, by the local clock. */
export function localText(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length);
}

const KILO = 1_000;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export function bytesText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(KILO)));
  return new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: 'narrow',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(bytes / KILO ** step);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** To five minutes is how well it is known. */
export function lastActiveText(at: string): string {
  const agoMs = Math.max(0, Date.now() - Date.parse(at));
  const relative = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' });
  if (agoMs < HOUR_MS) return relative.format(-Math.max(1, Math.round(agoMs / MINUTE_MS)), 'minute');
  return agoMs < DAY_MS ? relative.format(-Math.round(agoMs / HOUR_MS), 'hour') : momentText(at);
}
