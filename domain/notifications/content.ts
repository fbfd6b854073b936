/** What a notification says, and how much of it the channels take. */
import type { NotificationChannel } from '../people/notification-channels.ts';
import { isBlank } from '../shared/blank-text.ts';
import { refuse, type Decision } from '../shared/decider.ts';
import { beginningOf, ELLIPSIS } from '../shared/excerpt.ts';
import { closeDirection, refusalOfLine, toOneLine } from '../shared/one-line.ts';
import { bytesIn, charactersIn, refusalOfText } from '../shared/text.ts';
import type { Content } from './events.ts';

/** Content or parameters, as JSON in UTF-8. */
export const CONTENT_MAX_BYTES = 64 * 1_024;
/** A subject or the title of a push; telephones show about fifty. */
export const NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS = 200;
/** Of a payload of 4,096 bytes, which is what FCM, APNs and Pushy take, the rest is for the ids that a device needs. */
export const PUSH_CONTENT_MAX_BYTES = 3_072;
/** Ten joined messages: Twilio refuses more. */
export const SMS_LENGTH_MAX_CHARACTERS = 1_600;

/** Content as a template makes it of its parameters. `missing` is a parameter that the template names and the request lacks. */
export type RenderedContent = { readonly content: Content } | { readonly fault: string; readonly missing?: string };

/** Why content is known to fail on every channel, or nothing. */
export function refusalOfContent(content: Content, channels: readonly NotificationChannel[]): Decision<never> | undefined {
  const { title, body, url } = content;
  if (![title, body, url].every((text) => text === undefined || text.isWellFormed())) return refuse('text-malformed');
  if (isBlank(body)) return refuse('content-missing');
  const bytes = bytesIn(JSON.stringify(content));
  if (bytes > CONTENT_MAX_BYTES) return refuse('content-too-large', { length: bytes, max: CONTENT_MAX_BYTES });
  const fault = (title === undefined ? undefined : refusalOfTitle(title)) ?? (url === undefined ? undefined : refusalOfLine(url));
  if (fault !== undefined) return fault;
  if (channels.some((channel) => isTakenWhole(content, channel))) return undefined;
  return refuse('content-fits-no-channel', { channels: channels.join(', '), characters: charactersIn(textOf(content)), bytes });
}

/** The content as a channel takes it: in one line what stands in one line, and with a body that is cut where the rest leaves no room for it. */
export function fitContent(content: Content, channel: NotificationChannel): Content {
  const { title, ...rest } = content;
  const line = title === undefined ? '' : toOneLine(title);
  const fitting = isBlank(line) ? rest : { title: closeDirection(beginningOf(line, NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS)), ...rest };
  if (isTakenWhole(fitting, channel)) return fitting;
  // The longest body that fits, by halving: a longer one never fits where a shorter one doesn't.
  let [fits, tooLong] = [0, Math.min(charactersIn(fitting.body), PUSH_CONTENT_MAX_BYTES)];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (isTakenWhole(cutTo(fitting, middle), channel)) fits = middle;
    else tooLong = middle;
  }
  return cutTo(fitting, fits);
}

function isTakenWhole(content: Content, channel: NotificationChannel): boolean {
  switch (channel) {
    case 'push':
      return bytesIn(JSON.stringify(content)) <= PUSH_CONTENT_MAX_BYTES;
    case 'sms':
      return charactersIn(textOf(content)) <= SMS_LENGTH_MAX_CHARACTERS;
    case 'email':
      return true;
  }
}

/** A text message is all in one. */
const textOf = ({ title, body, url }: Content): string => [title, body, url].filter((text) => text !== undefined).join('\n');

const cutTo = (content: Content, charactersMax: number): Content => ({ ...content, body: beginningOf(content.body, charactersMax) + ELLIPSIS });

const refusalOfTitle = (title: string) =>
  refusalOfText(title, { maxCharacters: NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS, blank: 'title-empty', tooLong: 'title-too-long', lines: 'one' });
