/** Under what notifications and their deliveries are counted: the day, who asked, the category, the template and the channel; and the ids of the documents that count them. */
import type { Source } from '../../../domain/notifications/request-fields.ts';
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import type { AppId, TemplateId } from '../../../domain/shared/ids.ts';
import type { Day } from '../../../domain/shared/instant.ts';
import { slotOf } from '../../../ports/event-log/slots.ts';

/** `source`: an app (`sourceOfApp`), or which of our own products. */
export type CountedKey = {
  readonly day: Day;
  readonly source: string;
  readonly category: string;
  readonly template: TemplateId | null;
  /** Null: a notification itself, which goes out on several. */
  readonly channel: NotificationChannel | null;
};

export const sourceOfApp = (app: AppId): string => `app:${app}`;
export const sourceNameOf = (source: Source): string => (source.kind === 'app' ? sourceOfApp(source.app) : source.kind);

/**
 * A count is kept in so many slices, which are added up when it is read. A slice goes by the same slots as the shards of a projection do,
 * so that up to so many shards never write one document: each of their commits would make the others' fail.
 */
const SLICES = 8;

const REASON_CHARACTERS_MAX = 64;

/** Of a stream, which counts in its own slice. Sorts by day, and within a day by source. */
export const countedId = ({ day, source, category, template, channel }: CountedKey, stream: string): string =>
  `${beginOfSource(day, source)}${JSON.stringify([category, template, channel, slotOf(stream) % SLICES])}`;

/** Of the deliveries that ended so, for this reason. */
export const reasonId = ({ day, source, category, template, channel }: CountedKey, stream: string, end: string, reason: string): string =>
  `${beginOfSource(day, source)}${JSON.stringify([category, template, channel, slotOf(stream) % SLICES, end, reason.slice(0, REASON_CHARACTERS_MAX)])}`;

export function countedKeyIn(id: string): CountedKey {
  const [day, source, rest] = partsOf(id);
  const [category, template, channel] = JSON.parse(rest) as readonly [string, TemplateId | null, NotificationChannel | null];
  return { day: day as Day, source, category, template, channel };
}

export function reasonIn(id: string): { readonly end: string; readonly reason: string } {
  const [, , , , end, reason] = JSON.parse(partsOf(id)[2]) as readonly [string, unknown, unknown, number, string, string];
  return { end, reason };
}

/** No day and no source has the separator in it. */
const SEPARATOR = '|';
/** Sorts right after it. */
const AFTER_SEPARATOR = '}';

const beginOfSource = (day: Day, source: string): string => `${day}${SEPARATOR}${source}${SEPARATOR}`;

function partsOf(id: string): readonly [day: string, source: string, rest: string] {
  const first = id.indexOf(SEPARATOR);
  const second = id.indexOf(SEPARATOR, first + 1);
  return [id.slice(0, first), id.slice(first + 1, second), id.slice(second + 1)];
}

/** All ids of these days, the last included. */
export const idsOfDays = (from: Day, until: Day): { readonly from: string; readonly before: string } => ({ from, before: `${until}${AFTER_SEPARATOR}` });

/** All ids of one source on one day. */
export const idsOfSource = (day: Day, source: string): { readonly from: string; readonly before: string } => ({
  from: beginOfSource(day, source),
  before: `${day}${SEPARATOR}${source}${AFTER_SEPARATOR}`,
});
