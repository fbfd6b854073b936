import type { TidingsEvent } from '../../domain/events.ts';
import type { ExportEvent } from '../../domain/exports/events.ts';
import { NO_COUNTS } from '../../domain/exports/export.ts';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import type { ChannelId, ExportId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';

const at = instant(Date.UTC(2030, 0, 1));
const [ann, cyd] = ['ann', 'cyd'] as unknown as readonly [PersonId, PersonId];
const room = 'room' as ChannelId;
const [e1, e2] = ['e1', 'e2'] as unknown as readonly [ExportId, ExportId];

const part = (id: ExportId, owner: PersonId, number: number, next: string | null): ExportEvent => ({
  type: 'exports.part-made.v1',
  data: { export: id, owner, part: number, object: 'folder/part' as ObjectKey, bytes: 10, iv: 'iv', entries: [], counts: NO_COUNTS, percent: 50, next, at },
});

export const exportHistory: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'export-e1': [
    { type: 'exports.requested.v1', data: { export: e1, owner: ann, subject: { kind: 'channel', channel: room }, secret: 's', at } },
    part(e1, ann, 0, 'messages|1|m'),
    part(e1, ann, 1, null),
    { type: 'exports.ready.v1', data: { export: e1, owner: ann, bytes: 42, counts: NO_COUNTS, at, expiresAt: at } },
    { type: 'exports.ended.v1', data: { export: e1, owner: ann, reason: 'expired', at } },
    { type: 'exports.removed.v1', data: { export: e1, owner: ann } },
  ],
  'export-e2': [{ type: 'exports.requested.v1', data: { export: e2, owner: cyd, subject: { kind: 'person' }, secret: 's', at } }, part(e2, cyd, 0, null)],
};
