/** Parses the values of options; a wrong one is refused with a sentence. */
import { InvalidArgumentError } from 'commander';
import { requestSchemas } from '../app/control/protocol.ts';
import { sealing } from '../domain/events.ts';
import type { AppId, ChannelId, PersonId, TemplateId } from '../domain/shared/ids.ts';
import type { Day } from '../domain/shared/instant.ts';
import type { Position } from '../ports/event-log/port.ts';
import { isPosition } from '../ports/event-log/position.ts';

const { person, channel } = requestSchemas['explain-push'].shape;
const { from: day, template } = requestSchemas['show-funnel'].shape;
const { app } = requestSchemas['list-webhook-messages'].shape;

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

/** A revision of a stream, or a position of the log. */
export function revisionOrPosition(text: string): number | Position {
  if (isPosition(text)) return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a revision such as 12, or a position such as 0.4711.');
}

/** One event type, or with a star at its end all types with that prefix; commander calls it once for each value. */
export function eventTypes(pattern: string, previous: readonly string[] = []): readonly string[] {
  const known = Object.keys(sealing);
  const found = pattern.endsWith('*') ? known.filter((type) => type.startsWith(pattern.slice(0, -1))) : known.filter((type) => type === pattern);
  if (found.length === 0)
    throw new InvalidArgumentError(`No event type is called so; there are types such as ${known.slice(0, 3).join(', ')}, and chat.* means all types of chat.`);
  return [...previous, ...found];
}

export function personIdOption(text: string): PersonId {
  const parsed = person.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of a person, a UUID.');
  return parsed.data;
}

export function channelIdOption(text: string): ChannelId {
  const parsed = channel.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of a channel, a UUID.');
  return parsed.data;
}

export function appIdOption(text: string): AppId {
  const parsed = app.unwrap().safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of an app, a UUID.');
  return parsed.data;
}

export function templateIdOption(text: string): TemplateId {
  const parsed = template.unwrap().safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of a template, a UUID.');
  return parsed.data;
}

/** A day in UTC. */
export function dayOption(text: string): Day {
  const parsed = day.unwrap().safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be a day such as 2026-11-29.');
  return parsed.data;
}
