/** What is typed after an option, parsed once; what can't be is refused with a sentence. */
import { InvalidArgumentError } from 'commander';
import { sealing } from '../domain/events.ts';
import type { Position } from '../ports/event-log/port.ts';
import { isPosition } from '../ports/event-log/position.ts';

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

/** A revision of the stream that is read, or a position of the log. */
export function revisionOrPosition(text: string): number | Position {
  if (isPosition(text)) return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a revision such as 12, or a position such as 0.4711.');
}

/** One type, or with a star at its end all that begin so; gathers what is given one after the other. */
export function eventTypes(pattern: string, before: readonly string[] = []): readonly string[] {
  const known = Object.keys(sealing);
  const found = pattern.endsWith('*') ? known.filter((type) => type.startsWith(pattern.slice(0, -1))) : known.filter((type) => type === pattern);
  if (found.length === 0)
    throw new InvalidArgumentError(`No event is called so; there are such as ${known.slice(0, 3).join(', ')}, and chat.* stands for all of chat.`);
  return [...before, ...found];
}
