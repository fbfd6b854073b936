/** One activity of a Mastodon archive's `outbox.json`: the post that it becomes, or why it becomes none. */
import { z } from 'zod';
import { POST_LENGTH_MAX_CHARACTERS } from '../../../domain/feed/post.ts';
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import { charactersIn } from '../../../domain/shared/text/text.ts';
import type { LeftOutReason } from '../left-out.ts';
import { htmlToText } from './html-to-text.ts';

/** `to` and the like are one address or a list, or missing. */
const addresses = z
  .union([z.string(), z.array(z.unknown())])
  .nullish()
  .transform((value) => (typeof value === 'string' ? [value] : (value ?? []).filter((one) => typeof one === 'string')));
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.unknown())
    .nullish()
    .transform((list) =>
      (list ?? []).flatMap((one) => {
        const parsed = item.safeParse(one);
        return parsed.success ? [parsed.data] : [];
      }),
    );

const attachment = z.object({ url: z.string(), mediaType: text, name: text });
const tag = z.object({ type: z.string(), href: z.string(), name: z.string() });
const option = z.object({ name: z.string() });
const note = z.object({
  id: z.string().min(1),
  type: z.string(),
  published: text,
  summary: text,
  content: text,
  inReplyTo: z.unknown(),
  to: addresses,
  cc: addresses,
  attachment: listOf(attachment),
  tag: listOf(tag),
  oneOf: listOf(option),
  anyOf: listOf(option),
});
type Note = z.output<typeof note>;
const activity = z.object({ type: z.string(), object: z.unknown(), published: text });

/** A picture or another file of the archive, by its path there. */
export type ArchivedMedia = { readonly path: string; readonly alt: string };

/** `id`: the post's address where it was published. `inReplyTo`: of the post that it replies to, whoever's it is. */
export type ArchivedPost = {
  readonly id: string;
  readonly at: Instant;
  readonly text: string;
  readonly visibility: 'public' | 'friends';
  readonly inReplyTo: string | undefined;
  readonly media: readonly ArchivedMedia[];
};

export type ReadActivity = { readonly post: ArchivedPost } | { readonly leftOut: LeftOutReason; readonly id: string | undefined };

/** Questions are polls. */
const POST_TYPES: ReadonlySet<string> = new Set(['Note', 'Question']);
const PUBLIC: ReadonlySet<string> = new Set(['https://www.w3.org/ns/activitystreams#Public', 'as:Public', 'Public']);

export function readActivity(item: unknown, now: Instant): ReadActivity {
  const parsed = activity.safeParse(item);
  if (!parsed.success) return leftOut('malformed');
  if (parsed.data.type === 'Announce') return leftOut('boost', typeof parsed.data.object === 'string' ? parsed.data.object : undefined);
  if (parsed.data.type !== 'Create') return leftOut('no-post');
  const object = note.safeParse(parsed.data.object);
  if (!object.success) return leftOut('malformed');
  const { id, type, to, cc, published, inReplyTo } = object.data;
  if (!POST_TYPES.has(type)) return leftOut('no-post', id);
  const visibility = visibilityOf([...to, ...cc]);
  if (visibility === undefined) return leftOut('direct-message', id);
  const at = timeIn(published) ?? timeIn(parsed.data.published);
  if (at === undefined) return leftOut('no-time', id);
  if (at > now) return leftOut('in-the-future', id);
  const words = textOf(object.data);
  const media = object.data.attachment.map(({ url, name }): ArchivedMedia => ({ path: pathOf(url), alt: name.trim() }));
  if (words === '' && media.length === 0) return leftOut('empty', id);
  if (charactersIn(words) > POST_LENGTH_MAX_CHARACTERS) return leftOut('too-long', id);
  return { post: { id, at, text: words, visibility, inReplyTo: typeof inReplyTo === 'string' ? inReplyTo : undefined, media } };
}

const leftOut = (reason: LeftOutReason, id?: string): ReadActivity => ({ leftOut: reason, id });

/** Undefined: it was for some people alone, so it is published to nobody. What was 'unlisted' everybody could read. */
function visibilityOf(audience: readonly string[]): ArchivedPost['visibility'] | undefined {
  if (audience.some((one) => PUBLIC.has(one))) return 'public';
  return audience.some((one) => one.endsWith('/followers')) ? 'friends' : undefined;
}

/** The warning before a text is never lost. */
function textOf({ summary, content, oneOf, anyOf, tag: tags }: Note): string {
  const mentioned = new Map(tags.filter(({ type, name }) => type === 'Mention' && name.startsWith('@')).map(({ href, name }) => [href, name]));
  const options = [...oneOf, ...anyOf].map(({ name }) => `- ${name}`).join('\n');
  const parts = [htmlToText(summary), htmlToText(content, mentioned), options].filter((part) => part !== '');
  return parts.join('\n\n');
}

/** From 1970 on, for ids of posts tell no earlier time. */
function timeIn(published: string): Instant | undefined {
  const ms = Date.parse(published);
  return Number.isNaN(ms) || ms < 0 ? undefined : instant(ms);
}

/** In the archive: attachments name their file by an address on their server, without the host or with it. */
function pathOf(url: string): string {
  const path = URL.canParse(url) ? decoded(new URL(url).pathname) : url;
  return path.replace(/^\/+/, '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
