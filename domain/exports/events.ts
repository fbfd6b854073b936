/**
 * The events of an export (`exportStream`): what a person asked to take with them, the parts that it was made in, and its end. The bytes
 * never pass through the log; what is told of them says nothing about anybody.
 */
import type { ObjectKey } from '../media/media-facts.ts';
import type { Personal, SealingOf } from '../shared/event.ts';
import type { ChannelId, ExportId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { ZipEntry } from './zip.ts';

/** What is exported: a channel as its owner may read it, or everything of the owner. */
export type ExportSubject = { readonly kind: 'channel'; readonly channel: ChannelId } | { readonly kind: 'person' };

/** How much of what is in it so far. `leftOut`: what could not be given, such as pictures that are gone. */
export type ExportCounts = { readonly messages: number; readonly posts: number; readonly media: number; readonly leftOut: number };

/** `expired`: its time was over. `unreadable`: its owner may not read the subject any more. `person-erased`: somebody was erased whose words may be in it. */
export type ExportEnd = 'expired' | 'deleted' | 'unreadable' | 'person-erased';

type OfExport<Data = object> = { readonly export: ExportId; readonly owner: PersonId } & Data;

/** One stretch of the archive: whole files of it, one behind the other, encrypted under the export's secret from `iv` on. */
export type ExportPart = {
  /** From 0, without a gap. */
  readonly part: number;
  readonly object: ObjectKey;
  readonly bytes: number;
  /** 16 bytes, as base64url. */
  readonly iv: string;
  readonly entries: readonly ZipEntry[];
};

export type ExportEvent =
  /** `secret`: 32 bytes, as base64url. What the store has is readable by it alone, so that erasing the owner leaves nothing readable anywhere. */
  | {
      readonly type: 'exports.requested.v1';
      readonly data: OfExport<{ readonly subject: ExportSubject; readonly secret: Personal<string>; readonly at: Instant }>;
    }
  | {
      readonly type: 'exports.part-made.v1';
      readonly data: OfExport<
        ExportPart & {
          readonly counts: ExportCounts;
          /** How much of the work is done, up to 99. */
          readonly percent: number;
          /** Where the next part begins; null: this is the last one. */
          readonly next: string | null;
          readonly at: Instant;
        }
      >;
    }
  /** Its owner can have it. `bytes`: of the whole archive. */
  | {
      readonly type: 'exports.ready.v1';
      readonly data: OfExport<{ readonly bytes: number; readonly counts: ExportCounts; readonly at: Instant; readonly expiresAt: Instant }>;
    }
  /** Nobody can have it any more. Its bytes are still to be removed. */
  | { readonly type: 'exports.ended.v1'; readonly data: OfExport<{ readonly reason: ExportEnd; readonly at: Instant }> }
  | { readonly type: 'exports.removed.v1'; readonly data: OfExport };

export const exportsSealing: SealingOf<ExportEvent> = {
  'exports.requested.v1': { secret: 'owner' },
  'exports.part-made.v1': {},
  'exports.ready.v1': {},
  'exports.ended.v1': {},
  'exports.removed.v1': {},
};
