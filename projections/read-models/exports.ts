/** Exports, for their owners, and for who makes and removes them. */
import { EXPORT_REMOVAL_GRACE_MS, NO_COUNTS } from '../../domain/exports/export.ts';
import type { ExportCounts, ExportEnd, ExportEvent, ExportSubject } from '../../domain/exports/events.ts';
import { isErased } from '../../domain/shared/event.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { ChannelId, ExportId, PersonId } from '../../domain/shared/ids.ts';
import { instant, MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Projector } from '../projection.ts';

/** A part that nobody has made for so long is looked for again. */
const STALLED_MS = 5 * MINUTE_MS;
/** Before anything else is due. */
const AT_ONCE = instant(0);

/** Id: the export. One that was removed has no document. */
export type ExportDocument = {
  readonly export: ExportId;
  readonly owner: PersonId;
  readonly subject: ExportSubject['kind'];
  readonly channel: ChannelId | null;
  readonly status: 'making' | 'ready' | 'ended';
  readonly percent: number;
  readonly counts: ExportCounts;
  /** Parts that are made. */
  readonly parts: number;
  /** Of the whole archive, once it is ready. */
  readonly bytes: number | null;
  readonly reason: ExportEnd | null;
  readonly at: Instant;
  readonly expiresAt: Instant | null;
  /** Sorts an owner's by their time. */
  readonly place: string;
  /** When a worker has to look at it. */
  readonly dueAt: Instant;
};

/** Nobody can read it any more; a worker looks at it at once. */
const OWNER_ERASED = { status: 'ended', reason: 'person-erased', dueAt: AT_ONCE } as const;

type HandledEvent = ExportEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const exportsProjector = {
  kind: 'projector',
  name: 'exports',
  version: 1,
  handles: ['exports.requested.v1', 'exports.part-made.v1', 'exports.ready.v1', 'exports.ended.v1', 'exports.removed.v1', 'people.person-erased.v1'],
  indexes: { exports: [{ fields: ['owner', 'place'] }, { fields: ['channel', '_id'] }, { fields: ['status', 'dueAt'] }] },

  project: (event, { exports: all }) => {
    switch (event.type) {
      case 'exports.requested.v1': {
        const { export: id, owner, subject, secret, at } = event.data;
        all.update(id, event, () => ({
          export: id,
          owner,
          subject: subject.kind,
          channel: subject.kind === 'channel' ? subject.channel : null,
          percent: 0,
          counts: NO_COUNTS,
          parts: 0,
          bytes: null,
          at,
          expiresAt: null,
          place: `${at}:${id}`,
          ...(isErased(secret) ? OWNER_ERASED : ({ status: 'making', reason: null, dueAt: plus(at, STALLED_MS) } as const)),
        }));
        return;
      }
      case 'exports.part-made.v1': {
        const { export: id, part, percent, counts, at } = event.data;
        all.update(id, event, (before) => before && { ...before, percent, counts, parts: part + 1, ...unlessEnded(before, { dueAt: plus(at, STALLED_MS) }) });
        return;
      }
      case 'exports.ready.v1': {
        const { export: id, bytes, counts, expiresAt } = event.data;
        all.update(
          id,
          event,
          (before) => before && { ...before, percent: 100, counts, bytes, expiresAt, ...unlessEnded(before, { status: 'ready', dueAt: expiresAt }) },
        );
        return;
      }
      case 'exports.ended.v1': {
        const { export: id, reason, at } = event.data;
        all.update(id, event, (before) => before && { ...before, status: 'ended', reason, dueAt: plus(at, EXPORT_REMOVAL_GRACE_MS) });
        return;
      }
      case 'exports.removed.v1':
        all.update(event.data.export, event, () => undefined);
        return;
      case 'people.person-erased.v1':
        all.patch({ owner: event.key }, OWNER_ERASED);
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { exports: ExportDocument }>;

/** Whichever event of another stream comes first. */
const unlessEnded = (before: ExportDocument, change: Partial<ExportDocument>): Partial<ExportDocument> => (before.status === 'ended' ? {} : change);
