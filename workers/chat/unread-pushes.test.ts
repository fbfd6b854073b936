import test from 'ava';
import type { DeliveryStatus } from '../../projections/read-models/deliveries.ts';
import { hasFailed, newestFailedPush, type ChatPush } from './unread-pushes.ts';

const FAILED: Readonly<Record<DeliveryStatus, boolean>> = {
  planned: false,
  deferred: false,
  queued: false,
  attempting: false,
  waiting: false,
  unknown: false,
  accepted: false,
  delivered: false,
  digested: false,
  suppressed: true,
  failed: true,
  expired: true,
  cancelled: true,
  undelivered: true,
};
const push = (seq: number, status: DeliveryStatus): ChatPush => ({ seq, status });

test('a push has failed once it has ended without reaching the person', (t) => {
  for (const [status, failed] of Object.entries(FAILED)) t.is(hasFailed(push(0, status as DeliveryStatus)), failed, status);
});

test('the newest failed push is that of the newest message of which no device can be reached any more', (t) => {
  t.is(newestFailedPush([]), undefined);
  t.is(newestFailedPush([push(3, 'accepted')]), undefined);
  t.is(newestFailedPush([push(2, 'failed'), push(4, 'expired'), push(3, 'failed')]), 4);
  t.is(newestFailedPush([push(5, 'failed'), push(5, 'waiting'), push(4, 'failed'), push(4, 'suppressed')]), 4, 'one device of two may still be reached');
});
