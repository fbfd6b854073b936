/** Ids that follow from the request, so that a repeated command has the same: command ids, event ids, and the ids of what a command creates. */
import { createHash, createHmac } from 'node:crypto';
import { parse, v5 } from 'uuid';
import { BASE32_ALPHABET, POST_DIGEST_CHARACTERS, postIdFrom } from '../../domain/feed/post-id.ts';
import {
  friendshipOf,
  type AppId,
  type ChannelId,
  type DeliveryId,
  type DeviceId,
  type DigestId,
  type MediaId,
  type NotificationId,
  type PersonId,
  type PostId,
  type ScheduleId,
} from '../../domain/shared/ids.ts';
import { categoryKey } from '../../domain/people/category.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { LocalTime } from '../../domain/shared/local-time.ts';

/** The namespace (RFC 9562) of every UUIDv5 that Tidings makes. Changing it makes every retry look new. */
const NAMESPACE = parse('6f0b9c9e-3f5a-5d0c-9c6e-0d1f6a2b7c11');

/** Passing bytes saves the library a third of its time, several times a command. */
const uuidOf = (name: string, namespace: Uint8Array | string): string => v5(Buffer.from(name), namespace);

export const commandIdOf = (actor: string, type: string, key: string): string => uuidOf(`${actor}\n${type}\n${key}`, NAMESPACE);

/**
 * One command may append to several streams; each of its events has an id of its own. Another request under the same key has other
 * ids, so that the log, which takes an append with known ids for a repeated one, never mistakes one request for the other.
 */
export const eventIdOf = ({ command, request }: { readonly command: string; readonly request: string }, stream: string, index: number): string =>
  uuidOf(`${stream}\n${index}\n${request}`, command);

/** The id of the one thing of this kind that a command creates. */
export const createdIdOf = <Id extends string>(command: string, kind: string): Id => uuidOf(kind, command) as Id;

export const directChannelOf = (one: PersonId, other: PersonId): ChannelId => uuidOf(`direct\n${friendshipOf(one, other)}`, NAMESPACE) as ChannelId;

export function deliveryIdOf(of: {
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  readonly channel: string;
  readonly device?: DeviceId;
}): DeliveryId {
  return uuidOf([of.notification, of.recipient, of.channel, of.device ?? ''].join('\n'), NAMESPACE) as DeliveryId;
}

/** Whoever requests an occurrence of a schedule, and however often: `local` is the time on a clock that names it. */
export const occurrenceIdOf = (schedule: ScheduleId, local: LocalTime): NotificationId =>
  uuidOf(`occurrence\n${schedule}\n${local}`, NAMESPACE) as NotificationId;

/** However the category is spelled. */
export const digestIdOf = (of: { readonly person: PersonId; readonly app: AppId; readonly category: string; readonly channel: string }): DigestId =>
  uuidOf(['digest', of.person, of.app, categoryKey(of.category), of.channel].join('\n'), NAMESPACE) as DigestId;

/** The one notification that a window of a digest may become. */
export const digestNotificationIdOf = ({ digest, window }: { readonly digest: DigestId; readonly window: number }): NotificationId =>
  uuidOf(`window\n${window}`, digest) as NotificationId;

/** The same command leads to the same stream at any time; the id tells the time of the first event. */
export const postIdOf = (command: string, at: Instant): PostId => postIdFrom(at, postDigestOf(`post\n${command}`));

/** Whoever shares the post and however often: a person has one share of a post in each round. */
export const shareIdOf = ({ person, post, round }: { readonly person: PersonId; readonly post: PostId; readonly round: number }, at: Instant): PostId =>
  postIdFrom(at, postDigestOf(`share\n${person}\n${post}\n${round}`));

/** The picture that is kept of a page, for the text that an event brought. */
export const previewPictureIdOf = ({ stream, revision }: { readonly stream: string; readonly revision: number }): MediaId =>
  uuidOf(`preview\n${stream}\n${revision}`, NAMESPACE) as MediaId;

function postDigestOf(name: string): string {
  const bytes = createHash('sha256').update(name).digest();
  return Array.from({ length: POST_DIGEST_CHARACTERS }, (_, i) => BASE32_ALPHABET.charAt((bytes[i] ?? 0) % 32)).join('');
}

/** The time in a UUIDv7 (RFC 9562); undefined for any other text. */
export function uuidV7Time(text: string): Instant | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(text)) return undefined;
  return instant(Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16));
}

/** A keyed hash of the request: tells whether the same key comes with the same request, and reveals nothing without the secret. */
export const requestHashOf = (secret: Uint8Array, body: unknown): string =>
  createHmac('sha256', secret).update(canonical(body)).digest('base64url').slice(0, 22);

/** JSON with the fields of every object in order, so that the same body has one form (in the spirit of RFC 8785). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .join(',')}}`;
}
