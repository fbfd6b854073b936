/** What a notification of our own products says, and which data come with it: made of its source when it is sent or shown, and stored nowhere. */
import { isBlank } from '../shared/text/blank-text.ts';
import { excerptOf } from '../shared/text/excerpt.ts';
import type { NotificationId, PersonId } from '../shared/ids.ts';
import { toOneLine } from '../shared/text/one-line.ts';
import { mediaWords, type ShownMedia } from './media-words.ts';
import type { Content, Source } from './request-fields.ts';

export const MESSAGE_EXCERPT_CHARACTERS_MAX = 120;

/** `group` is absent in a direct channel; its title is null where it has none. Where the text is blank, `media` is told of in the reader's `language`. */
export type MessageToTell = {
  readonly sender: string;
  readonly group?: { readonly title: string | null };
  readonly text: string;
  readonly media?: readonly ShownMedia[];
  readonly language?: string | undefined;
};

/** In a group the title names the group too: without it, a message reads like a direct one. */
export function messageContent({ sender, group, text, media = [], language }: MessageToTell): Content {
  const name = toOneLine(sender);
  const title = group === undefined ? name : `${name} (${toOneLine(group.title ?? 'group')})`;
  return { title, body: excerptOf(isBlank(text) ? mediaWords(media, language) : text, MESSAGE_EXCERPT_CHARACTERS_MAX) };
}

/** The post's words are not repeated: a client that opens the notification shows those of that moment. */
export const postContent = (author: string, as?: 'mention'): Content => ({
  title: toOneLine(author),
  body: as === 'mention' ? 'mentioned you' : 'has a new post',
});

/** What a client needs to open the thing that a notification tells of. Values are text, for that is all that vendors take. */
export type NotificationData = Readonly<Record<string, string>>;

/** `author`: the person whose words or post it tells. A message of a channel is the one that is told, which may be newer than the notification's. */
export function dataOf({
  notification,
  source,
  author,
}: {
  readonly notification: NotificationId;
  readonly source: Source;
  readonly author?: PersonId;
}): NotificationData {
  const common = { notification, kind: source.kind, ...(author !== undefined && { person: author }) };
  switch (source.kind) {
    case 'app':
      return { ...common, app: source.app };
    case 'chat':
      return { ...common, channel: source.channel, seq: String(source.seq) };
    case 'feed':
      return { ...common, post: source.post };
    case 'account':
      return common;
    case 'security':
      return { ...common, notice: source.notice };
    case 'moderation':
      return { ...common, notice: source.notice, ...(source.post !== undefined && { post: source.post }) };
    case 'export':
      return { ...common, notice: source.notice, export: source.export };
  }
}
