/** What a notification says, and how much of it the channels take. */
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../people/notification-channels.ts';
import { isBlank } from '../shared/text/blank-text.ts';
import { refuse, type Decision } from '../shared/decider.ts';
import { beginningOf, ELLIPSIS } from '../shared/text/excerpt.ts';
import { closeDirection, refusalOfLine, toOneLine } from '../shared/text/one-line.ts';
import { bytesIn, charactersIn, refusalOfText } from '../shared/text/text.ts';
import type { Content, PushDetails } from './request-fields.ts';

/** Content or parameters, as JSON in UTF-8. */
export const CONTENT_MAX_BYTES = 64 * 1_024;
/** A subject or the title of a push; telephones show about fifty. */
export const NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS = 200;
/** Of a payload of 4,096 bytes, which is what FCM, APNs and Pushy take, the rest is for the ids that a device needs. */
export const PUSH_CONTENT_MAX_BYTES = 3_072;
/** Ten joined messages: Twilio refuses more. */
export const SMS_LENGTH_MAX_CHARACTERS = 1_600;

/**
 * Content as a template makes it of its parameters. `missing` is a parameter that the template names and the request lacks, `invalid` one
 * that its schema refuses.
 */
export type RenderedContent =
  { readonly content: Content } | { readonly fault: string; readonly missing?: string; readonly invalid?: { readonly path: string; readonly detail: string } };

/** Content as one channel takes it: the channel's own words where there are any. */
export type ChannelContent = {
  readonly title?: string;
  readonly body: string;
  readonly url?: string;
  /** Of an email, beside the plain text of `body`. */
  readonly html?: string;
  /** Of a push. */
  readonly push?: PushDetails;
};

/** Why content is known to fail on every channel, or nothing. */
export function refusalOfContent(content: Content, channels: readonly NotificationChannel[]): Decision<never> | undefined {
  const { title, body, url } = content;
  if (!textsIn(content).every((text) => text.isWellFormed())) return refuse('text-malformed');
  if (isBlank(body)) return refuse('content-missing');
  const bytes = bytesIn(JSON.stringify(content));
  if (bytes > CONTENT_MAX_BYTES) return refuse('content-too-large', { length: bytes, max: CONTENT_MAX_BYTES });
  const titles = [title, content.push?.title, content.email?.subject].filter((one) => one !== undefined);
  const fault = titles.map(refusalOfTitle).find((one) => one !== undefined) ?? (url === undefined ? undefined : refusalOfLine(url));
  if (fault !== undefined) return fault;
  if (channels.some((channel) => isTakenWhole(contentFor(content, channel), channel))) return undefined;
  return refuse('content-fits-no-channel', { channels: channels.join(', '), characters: charactersIn(textOf(content)), bytes });
}

/** The content as a channel takes it: in one line what stands in one line, and with a body that is cut where the rest leaves no room for it. */
export function fitContent(content: Content, channel: NotificationChannel): ChannelContent {
  const { title, ...rest } = contentFor(content, channel);
  const line = title === undefined ? '' : toOneLine(title);
  const fitting = isBlank(line) ? rest : { title: closeDirection(beginningOf(line, NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS)), ...rest };
  return cutBodyToFit(fitting, (candidate) => isTakenWhole(candidate, channel));
}

/** The content itself where it is taken; else with the longest beginning of its body that is, cut at a grapheme: a longer body never fits where a shorter one doesn't. */
export function cutBodyToFit(content: ChannelContent, isTaken: (candidate: ChannelContent) => boolean): ChannelContent {
  if (isTaken(content)) return content;
  let [fits, tooLong] = [0, charactersIn(content.body)];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (isTaken(cutTo(content, middle))) fits = middle;
    else tooLong = middle;
  }
  return cutTo(content, fits);
}

/** The words of this channel, else those of all. */
function contentFor({ push, sms, email, inApp, ...shared }: Content, channel: NotificationChannel): ChannelContent {
  switch (channel) {
    case 'push': {
      if (push === undefined) return shared;
      const { title, body, ...details } = push;
      return { ...shared, ...(title !== undefined && { title }), ...(body !== undefined && { body }), push: details };
    }
    case 'in-app':
      return { ...shared, ...inApp };
    case 'sms':
      // Words of their own say all that there is to say: a link has its place among them.
      return sms === undefined ? shared : { body: sms.body };
    case 'email': {
      if (email === undefined) return shared;
      const { subject, body, html } = email;
      return { ...shared, ...(subject !== undefined && { title: subject }), ...(body !== undefined && { body }), ...(html !== undefined && { html }) };
    }
  }
}

function isTakenWhole(content: ChannelContent, channel: NotificationChannel): boolean {
  switch (channel) {
    case 'push':
      return bytesIn(JSON.stringify(content)) <= PUSH_CONTENT_MAX_BYTES;
    case 'sms':
      return charactersIn(textOf(content)) <= SMS_LENGTH_MAX_CHARACTERS;
    case 'email':
    case 'in-app':
      return true;
  }
}

/** A text message is all in one. */
export const textOf = ({ title, body, url }: Pick<ChannelContent, 'title' | 'body' | 'url'>): string =>
  [title, body, url].filter((text) => text !== undefined).join('\n');

/** What a recipient would be shown on each channel. */
export const shownOn = (content: Content): Record<string, ChannelContent> =>
  Object.fromEntries(NOTIFICATION_CHANNELS.map((channel) => [channel, shownContent(fitContent(content, channel), channel)]));

/** A text message is all in one. */
const shownContent = (content: ChannelContent, channel: NotificationChannel): ChannelContent => (channel === 'sms' ? { body: textOf(content) } : content);

/** Every text in it, keys included, however deep it stands. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]) : [];
};

const cutTo = (content: ChannelContent, charactersMax: number): ChannelContent => ({ ...content, body: beginningOf(content.body, charactersMax) + ELLIPSIS });

const refusalOfTitle = (title: string) =>
  refusalOfText(title, { maxCharacters: NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS, blank: 'title-empty', tooLong: 'title-too-long', lines: 'one' });
