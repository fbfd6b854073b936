/**
 * Moments as `Date.toISOString` writes them, `2026-11-30T03:33:32.214Z`, between text and milliseconds. Moments that follow one another
 * are mostly of one minute, whose text is kept: the rest are digits.
 */
import { MOMENT_CHARACTERS } from './tokens.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** `2026-11-30T03:33:` */
const MINUTE_CHARACTERS = 17;
const ZERO = 0x30;
const POINT = 0x2e;
const LETTER_Z = 0x5a;

const text = Buffer.alloc(MOMENT_CHARACTERS); // a moment of the minute that is kept
let keptMinute = -1;

/** Milliseconds since the epoch; -1 where no moment stands there, or one that would be written in another way. */
export function readMoment(source: Buffer, start: number): number {
  for (let at = 0; at < MINUTE_CHARACTERS; at++) {
    if (keptMinute < 0 || source[start + at] !== text[at]) return readAnyMoment(source, start);
  }
  const second = digit(source, start + 17) * 10 + digit(source, start + 18);
  const millisecond = digit(source, start + 20) * 100 + digit(source, start + 21) * 10 + digit(source, start + 22);
  const isMoment = second < 60 && millisecond < SECOND_MS && source[start + 19] === POINT && source[start + 23] === LETTER_Z;
  return isMoment ? keptMinute * MINUTE_MS + second * SECOND_MS + millisecond : -1;
}

/** Writes a moment of milliseconds since the epoch to the target. */
export function writeMoment(moment: number, target: Buffer, start: number): void {
  const minute = Math.floor(moment / MINUTE_MS);
  if (minute !== keptMinute) keep(moment, minute);
  text.copy(target, start, 0, MOMENT_CHARACTERS);
  const rest = moment - minute * MINUTE_MS;
  const second = Math.floor(rest / SECOND_MS);
  const millisecond = rest - second * SECOND_MS;
  target[start + 17] = ZERO + Math.floor(second / 10);
  target[start + 18] = ZERO + (second % 10);
  target[start + 20] = ZERO + Math.floor(millisecond / 100);
  target[start + 21] = ZERO + (Math.floor(millisecond / 10) % 10);
  target[start + 22] = ZERO + (millisecond % 10);
}

function readAnyMoment(source: Buffer, start: number): number {
  const found = source.toString('latin1', start, start + MOMENT_CHARACTERS);
  const moment = Date.parse(found);
  if (!(moment >= 0) || new Date(moment).toISOString() !== found) return -1;
  keep(moment, Math.floor(moment / MINUTE_MS));
  return moment;
}

function keep(moment: number, minute: number): void {
  text.write(new Date(moment).toISOString(), 'latin1');
  keptMinute = minute;
}

/** Something beyond every number where it is no digit. */
function digit(source: Buffer, at: number): number {
  const value = (source[at] ?? 0) - ZERO;
  return value >= 0 && value <= 9 ? value : Infinity;
}
