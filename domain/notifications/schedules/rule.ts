/**
 * Recurrence rules (RFC 5545, 3.3.10) as far as they say at which times of day something comes round: by day, week, month or year. Those
 * that count hours, minutes or seconds are refused, for people are not told things by the minute; `BYHOUR` says several times of a day.
 */

/** So many times a day at most. */
export const OCCURRENCES_A_DAY_MAX = 24;
export const RULE_LENGTH_MAX_CHARACTERS = 500;
const COUNT_MAX = 1_000;
const INTERVAL_MAX = 1_000;

export type RuleFault = { readonly fault: string };

/** `until`: compared with the occurrences by whom computes them, for it is a moment and they are times on a clock. */
export type Rule = { /** Without `UNTIL`, in one spelling. */ readonly text: string; readonly until?: string };

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const number = '[1-9]\\d{0,4}';
const list = (item: string) => new RegExp(`^${item}(,${item})*$`);
const WEEKDAY = '(MO|TU|WE|TH|FR|SA|SU)';

/** The form of each part's value. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^[A-Z]+$/,
  INTERVAL: new RegExp(`^${number}$`),
  COUNT: new RegExp(`^${number}$`),
  UNTIL: /^\d{8}(T\d{6}Z?)?$/,
  WKST: new RegExp(`^${WEEKDAY}$`),
  BYDAY: list(`([+-]?[1-9]\\d?)?${WEEKDAY}`),
  BYMONTH: list('(0?[1-9]|1[0-2])'),
  BYMONTHDAY: list('[+-]?(0?[1-9]|[12]\\d|3[01])'),
  BYYEARDAY: list('[+-]?(0{0,2}[1-9]|0?[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])'),
  BYWEEKNO: list('[+-]?(0?[1-9]|[1-4]\\d|5[0-3])'),
  BYSETPOS: list('[+-]?(0{0,2}[1-9]|0?[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])'),
  BYHOUR: list('([01]?\\d|2[0-3])'),
  BYMINUTE: list('[0-5]?\\d'),
  BYSECOND: list('[0-5]?\\d'),
};

/** Of a rule as calendars write it, with or without `RRULE:` before it. */
export function parseRule(text: string): Rule | RuleFault {
  if (text.length > RULE_LENGTH_MAX_CHARACTERS) return { fault: `it has more than ${RULE_LENGTH_MAX_CHARACTERS} characters` };
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
    .split(';')) {
    const [name = '', value = '', ...more] = part.split('=');
    const form = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (form === undefined) return { fault: `it has ${name === '' ? 'an empty part' : `a part ${name}`}, which a rule does not have` };
    if (more.length > 0 || !form.test(value)) return { fault: `${name}=${value} is not possible` };
    if (parts.has(name)) return { fault: `it has ${name} twice` };
    parts.set(name, value);
  }
  const fault = faultOf(parts);
  if (fault !== undefined) return { fault };
  const until = parts.get('UNTIL');
  if (until !== undefined && untilOf(until) === undefined) return { fault: `UNTIL=${until} is no date` };
  parts.delete('UNTIL');
  return { text: Array.from(parts, ([name, value]) => `${name}=${value}`).join(';'), ...(until !== undefined && { until }) };
}

/** `end`: the last time that counts, on the clock, or as a moment where it is one of UTC. */
export function untilOf(until: string): { readonly end: string; readonly isMoment: boolean } | undefined {
  const [, year, month, day, hour = '23', minute = '59', second = '59'] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?/.exec(until) ?? [];
  const end = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  try {
    Temporal.PlainDateTime.from(end, { overflow: 'reject' });
  } catch {
    return undefined;
  }
  return until.endsWith('Z') ? { end: `${end}.000Z`, isMoment: true } : { end, isMoment: false };
}

/** What the RFC doesn't allow together, and what we don't take. */
function faultOf(parts: ReadonlyMap<string, string>): string | undefined {
  const freq = parts.get('FREQ');
  const has = (...names: readonly string[]) => names.some((name) => parts.has(name));
  if (freq === undefined) return 'it has no FREQ';
  if (!FREQUENCIES.includes(freq)) return `FREQ=${freq} is none of ${FREQUENCIES.join(', ')}`;
  if (has('COUNT') && has('UNTIL')) return 'COUNT and UNTIL exclude one another';
  if (Number(parts.get('COUNT') ?? 1) > COUNT_MAX) return `COUNT is at most ${COUNT_MAX}`;
  if (Number(parts.get('INTERVAL') ?? 1) > INTERVAL_MAX) return `INTERVAL is at most ${INTERVAL_MAX}`;
  if (has('BYWEEKNO') && freq !== 'YEARLY') return 'BYWEEKNO goes with FREQ=YEARLY';
  if (has('BYYEARDAY') && freq !== 'YEARLY') return 'BYYEARDAY goes with FREQ=YEARLY';
  if (has('BYMONTHDAY') && freq === 'WEEKLY') return 'BYMONTHDAY does not go with FREQ=WEEKLY';
  if (/\d/.test(parts.get('BYDAY') ?? '') && (!['MONTHLY', 'YEARLY'].includes(freq) || has('BYWEEKNO')))
    return 'BYDAY has numbers with FREQ=MONTHLY or YEARLY, and without BYWEEKNO';
  const days = ['BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYHOUR', 'BYMINUTE', 'BYSECOND'];
  if (has('BYSETPOS') && !has(...days)) return 'BYSETPOS needs another part that begins with BY';
  const valuesOf = (name: string) => new Set(parts.get(name)?.split(',') ?? ['']).size;
  const times = ['BYHOUR', 'BYMINUTE', 'BYSECOND'].reduce((product, name) => product * valuesOf(name), 1);
  if (times > OCCURRENCES_A_DAY_MAX) return `it comes round more than ${OCCURRENCES_A_DAY_MAX} times a day`;
  const most = times * (freq === 'WEEKLY' ? valuesOf('BYDAY') : (DAYS_MAX[freq] ?? 1));
  const positions = parts.get('BYSETPOS')?.split(',') ?? [];
  // It would never come round, and take long to be searched in vain.
  if (positions.length > 0 && positions.every((position) => Math.abs(Number(position)) > most)) return `BYSETPOS is beyond ${most}, of which it has no more`;
  return undefined;
}

/** That a period may have. */
const DAYS_MAX: Readonly<Record<string, number>> = { DAILY: 1, MONTHLY: 31, YEARLY: 366 };
