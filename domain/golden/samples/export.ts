import type { ExportEvent } from '../../exports/events.ts';
import type { ObjectKey } from '../../media/media-facts.ts';
import type { AppId, ChannelId, ExportId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { SubscriptionsEvent } from '../../subscriptions/events.ts';
import { at, later, type Samples } from '../samples.ts';

const owner = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const channel = '3c2b1a09-8f7e-5d6c-9b5a-4f3e2d1c0b0a' as ChannelId;
const id = '5e2f7c1a-9b3d-5a48-8c6e-1f0d2b4a6c8e' as ExportId;
const counts = { messages: 314, posts: 0, media: 1, leftOut: 1 };

export const exportSamples: Samples<ExportEvent> = {
  'exports.requested.v1': {
    export: id,
    owner,
    subject: { kind: 'channel', channel },
    secret: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
    at,
  },
  'exports.part-made.v1': {
    export: id,
    owner,
    part: 0,
    object: 'kq3vX9qLw0pZt7YbN2mJ5s/Hc8dGf4aUe1oRiTn6KxV0j' as ObjectKey,
    bytes: 2_718,
    iv: 'AAECAwQFBgcICQoLDA0ODw',
    entries: [{ name: 'messages/000001.ndjson', bytes: 9_000, packedBytes: 2_666, crc32: 3_141_592_653, method: 'deflated' }],
    counts,
    percent: 42,
    next: `messages|2|${channel}:000000000313`,
    at,
  },
  'exports.ready.v1': { export: id, owner, bytes: 2_842, counts, at: later, expiresAt: '2025-03-21T16:09:26.535Z' as Instant },
  'exports.ended.v1': { export: id, owner, reason: 'deleted', at: later },
  'exports.removed.v1': { export: id, owner },
};

const part = { app: 'shop' as AppId, projection: 'messages', group: 'search-index', of: 8, part: 3, holder: 'worker-7f3a', cursor: 'e~0.48213' } as const;

export const subscriptionsSamples: Samples<SubscriptionsEvent> = {
  'subscriptions.part-held.v1': { ...part, at, until: later },
  'subscriptions.part-released.v1': { ...part, cursor: null, at: later },
};
